import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '#platform/random.ts';
import { FileBytes } from './file-bytes.ts';
import type { Step } from './step.ts';

type Entry = FileBytes | Folder;

type Change =
  | { readonly step: number; readonly name: string; readonly entry: Entry }
  /** `movedTo`: of a rename, the folder of the new name. */
  | { readonly step: number; readonly name: string; readonly movedTo: Folder | undefined };

class Folder {
  readonly now = new Map<string, Entry>();
  durable = new Map<string, Entry>();
  pending: Change[] = [];
}

/** How much of what was not synced has reached the disk. */
export interface Luck {
  /** Of a file's blocks. */
  readonly blocks: (random: Random) => number;
  /** Of a folder's changes, which arrive in order. */
  readonly names: (random: Random, changes: number) => number;
}

const anyPrefix = (random: Random, changes: number): number => random.integer(changes + 1);

/** Nothing is lost: the process died, the machine did not. */
export const everything: Luck = { blocks: () => 1, names: (_random, changes) => changes };

/** The ways to lose power; those that differ from file to file find an order between two files that nothing enforces. */
export const lucks: readonly Luck[] = [
  everything,
  { blocks: () => 0, names: () => 0 },
  { blocks: () => 0.5, names: anyPrefix },
  { blocks: () => 0.9, names: anyPrefix },
  { blocks: (random) => [0, 0, 0.5, 0.9, 1, 1][random.integer(6)] ?? 0, names: anyPrefix },
  {
    blocks: (random) => random.integer(2),
    names: (random, changes) => (random.integer(2) === 0 ? 0 : changes),
  },
];

/**
 * A disk that keeps no more than it promised: bytes after a sync of their file, names after a sync of their folder.
 */
export class Disk {
  readonly #root: string;
  readonly #top = new Folder();
  readonly #files = new Map<number, FileBytes>();

  /** @param root exists and is durable at the start */
  constructor(root: string) {
    this.#root = root;
  }

  take(step: Step, number: number): void {
    switch (step.kind) {
      case 'create':
        this.#files.set(step.file, new FileBytes());
        return this.#add(step.path, this.#file(step.file), number);
      case 'folder':
        return this.#add(step.path, new Folder(), number);
      case 'link':
        return this.#add(step.to, this.#entry(step.from), number);
      case 'rename':
        return this.#rename(step.from, step.to, number);
      case 'unlink':
        return this.#remove(step.path, number, undefined);
      case 'write':
        return this.#file(step.file).write(number, step.at, step.bytes);
      case 'truncate':
        return this.#file(step.file).truncate(number, step.length);
      case 'sync':
        return this.#file(step.file).sync(step.covers);
      case 'sync-folder':
        return this.#syncFolder(this.#folder(step.path), step.covers);
      case 'mark':
        return undefined;
      default:
        throw new Error('a step of no known kind');
    }
  }

  /** Writes below `target` what may be found there after the power is back. */
  image(target: string, luck: Luck, random: Random): void {
    const left = new NamesLeft(luck, random);
    const write = (folder: Folder, path: string): void => {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      for (const [name, entry] of left.of(folder)) {
        const below = join(path, name);
        if (entry instanceof Folder) write(entry, below);
        else writeFileSync(below, entry.image(random, luck.blocks(random)), { mode: 0o600 });
      }
    };
    write(this.#top, target);
  }

  #add(path: string, entry: Entry, step: number): void {
    const folder = this.#folder(dirname(path));
    const name = path.slice(dirname(path).length + 1);
    folder.now.set(name, entry);
    folder.pending.push({ step, name, entry });
  }

  #rename(from: string, to: string, step: number): void {
    this.#add(to, this.#entry(from), step);
    this.#remove(from, step, this.#folder(dirname(to)));
  }

  #remove(path: string, step: number, movedTo: Folder | undefined): void {
    const folder = this.#folder(dirname(path));
    const name = path.slice(dirname(path).length + 1);
    folder.now.delete(name);
    folder.pending.push({ step, name, movedTo });
  }

  #syncFolder(folder: Folder, covers: number): void {
    const open = folder.pending.findIndex(({ step }) => step >= covers);
    const done = open === -1 ? folder.pending.length : open;
    folder.durable = changed(folder.durable, folder.pending.slice(0, done));
    folder.pending = folder.pending.slice(done);
  }

  #entry(path: string): Entry {
    const entry = this.#folder(dirname(path)).now.get(path.slice(dirname(path).length + 1));
    if (entry === undefined) throw new Error(`the recording names what it never made: ${path}`);
    return entry;
  }

  #folder(path: string): Folder {
    if (path === this.#root) return this.#top;
    const entry = this.#entry(path);
    if (!(entry instanceof Folder)) throw new Error(`not a folder: ${path}`);
    return entry;
  }

  #file(number: number): FileBytes {
    const file = this.#files.get(number);
    if (file === undefined) throw new Error(`file ${String(number)} was never made`);
    return file;
  }
}

function changed(start: ReadonlyMap<string, Entry>, changes: readonly Change[]): Map<string, Entry> {
  const names = new Map(start);
  for (const change of changes) {
    if ('entry' in change) names.set(change.name, change.entry);
    else names.delete(change.name);
  }
  return names;
}

/** Chooses how many changes of each folder have arrived, and says which names it then has. */
class NamesLeft {
  readonly #arrived = new Map<Folder, number>();
  readonly #luck: Luck;
  readonly #random: Random;

  constructor(luck: Luck, random: Random) {
    this.#luck = luck;
    this.#random = random;
  }

  of(folder: Folder): ReadonlyMap<string, Entry> {
    const taken = folder.pending.slice(0, this.#count(folder));
    return changed(
      folder.durable,
      taken.filter((change) => 'entry' in change || this.#mayGo(change)),
    );
  }

  /** Of a rename across folders the old name stays until the new one is there: no journal does it the other way round. */
  #mayGo({ step, movedTo }: { readonly step: number; readonly movedTo: Folder | undefined }): boolean {
    if (movedTo === undefined) return true;
    return !movedTo.pending
      .slice(this.#count(movedTo))
      .some((change) => change.step === step && 'entry' in change);
  }

  #count(folder: Folder): number {
    return this.#arrived.getOrInsertComputed(folder, () =>
      this.#luck.names(this.#random, folder.pending.length),
    );
  }
}
