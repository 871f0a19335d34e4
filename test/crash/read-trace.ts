import type { Step } from './step.ts';
import { traceCalls, unhex } from './trace-calls.ts';
import type { Call } from './trace-calls.ts';

export interface TraceFolders {
  /** Whose files are followed. */
  readonly root: string;
  /** The file that the workload writes its marks to. */
  readonly marks: string;
}

/** What the calls did below `root`. */
export async function readTrace(
  lines: AsyncIterable<string> | Iterable<string>,
  folders: TraceFolders,
): Promise<readonly Step[]> {
  const reader = new TraceReader(folders);
  for await (const call of traceCalls(reader.counted(lines))) reader.take(call);
  return reader.steps;
}

interface OpenFile {
  readonly path: string;
  /** `undefined`: a folder, or the marks. */
  readonly file: number | undefined;
  readonly writes: boolean;
  readonly appends: boolean;
  position: number;
}

class TraceReader {
  readonly steps: Step[] = [];
  readonly #folders: TraceFolders;
  /** Steps known when a line was reached, by line, for calls that began there. */
  readonly #stepsAt: number[] = [];
  readonly #open = new Map<number, OpenFile>();
  readonly #names = new Map<string, number>();
  readonly #lengths = new Map<number, number>();
  #made = 0;

  constructor(folders: TraceFolders) {
    this.#folders = folders;
  }

  async *counted(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
    for await (const line of lines) {
      this.#stepsAt.push(this.steps.length);
      yield line;
    }
  }

  take(call: Call): void {
    if (call.result < 0) return;
    const take = takers[call.name];
    if (take === undefined)
      throw new Error(`strace shows a call that the replayer does not know: ${call.name}`);
    take(this, call);
  }

  openat(call: Call): void {
    const [path = ''] = quoted(call.text);
    const flags = /O_[A-Z_|]+/.exec(call.text)?.[0].split('|') ?? [];
    if (!this.#isOurs(path) && path !== this.#folders.marks) {
      this.#open.delete(call.result);
      return;
    }
    if (flags.includes('O_TRUNC') && this.#names.has(path)) this.#truncated(this.#names.get(path), 0);
    const file = this.#names.get(path) ?? (flags.includes('O_CREAT') ? this.#create(path) : undefined);
    this.#open.set(call.result, {
      path,
      file,
      writes: !flags.includes('O_RDONLY'),
      appends: flags.includes('O_APPEND'),
      position: 0,
    });
  }

  #create(path: string): number | undefined {
    if (path === this.#folders.marks) return undefined;
    this.#made += 1;
    this.#names.set(path, this.#made);
    this.steps.push({ kind: 'create', path, file: this.#made });
    return this.#made;
  }

  mkdir(call: Call): void {
    const [path = ''] = quoted(call.text);
    if (this.#isOurs(path)) this.steps.push({ kind: 'folder', path });
  }

  unlink(call: Call): void {
    const [path = ''] = quoted(call.text);
    if (!this.#isOurs(path)) return;
    this.#names.delete(path);
    this.steps.push({ kind: 'unlink', path });
  }

  named(call: Call, kind: 'link' | 'rename'): void {
    const [from = '', to = ''] = quoted(call.text);
    const file = this.#names.get(from);
    if (!this.#isOurs(to) || file === undefined) return;
    if (kind === 'rename') this.#names.delete(from);
    this.#names.set(to, file);
    this.steps.push({ kind, from, to });
  }

  /** At a place of its own (`pwrite64`, `pwritev`) or where the descriptor stands (`write`, `writev`). */
  wrote(call: Call, placed: boolean): void {
    const open = this.#descriptor(call);
    if (open === undefined) return;
    const bytes = Buffer.concat(quotedBytes(call.text)).subarray(0, call.result);
    if (open.path === this.#folders.marks) this.steps.push({ kind: 'mark', text: bytes.toString() });
    if (open.file === undefined) return;
    if (open.appends) open.position = this.#lengths.get(open.file) ?? 0;
    const at = placed ? Number(/, (\d+)$/.exec(call.text)?.[1]) : open.position;
    if (!placed) open.position += bytes.length;
    this.#lengths.set(open.file, Math.max(this.#lengths.get(open.file) ?? 0, at + bytes.length));
    this.steps.push({ kind: 'write', file: open.file, at, bytes });
  }

  truncated(call: Call): void {
    const open = this.#descriptor(call);
    if (open !== undefined) this.#truncated(open.file, Number(/, (\d+)$/.exec(call.text)?.[1]));
  }

  #truncated(file: number | undefined, length: number): void {
    if (file === undefined) return;
    this.#lengths.set(file, length);
    this.steps.push({ kind: 'truncate', file, length });
  }

  synced(call: Call): void {
    const open = this.#descriptor(call);
    if (open === undefined || open.path === this.#folders.marks) return;
    const covers = this.#stepsAt[call.beganAt - 1] ?? 0;
    const by = open.writes ? 'writer' : 'reader';
    if (open.file === undefined) this.steps.push({ kind: 'sync-folder', path: open.path, covers });
    else this.steps.push({ kind: 'sync', file: open.file, covers, by });
  }

  /** The number alone may belong to a pipe by now: strace says what it leads to. */
  #descriptor(call: Call): OpenFile | undefined {
    const [, number, path] = /^(\d+)<((?:\\x[0-9a-f]{2})+)>/.exec(call.text) ?? [];
    if (number === undefined || path === undefined) return undefined;
    const shown = unhex(path).toString();
    if (!this.#isOurs(shown) && shown !== this.#folders.marks) return undefined;
    const open = this.#open.get(Number(number));
    if (open === undefined) throw new Error(`a descriptor whose opening was not seen: ${shown}`);
    return open;
  }

  #isOurs(path: string): boolean {
    return path === this.#folders.root || path.startsWith(`${this.#folders.root}/`);
  }
}

const takers: Readonly<Record<string, (reader: TraceReader, call: Call) => void>> = {
  openat: (reader, call) => reader.openat(call),
  mkdir: (reader, call) => reader.mkdir(call),
  unlink: (reader, call) => reader.unlink(call),
  unlinkat: (reader, call) => reader.unlink(call),
  link: (reader, call) => reader.named(call, 'link'),
  linkat: (reader, call) => reader.named(call, 'link'),
  rename: (reader, call) => reader.named(call, 'rename'),
  renameat: (reader, call) => reader.named(call, 'rename'),
  renameat2: (reader, call) => reader.named(call, 'rename'),
  write: (reader, call) => reader.wrote(call, false),
  writev: (reader, call) => reader.wrote(call, false),
  pwrite64: (reader, call) => reader.wrote(call, true),
  pwritev: (reader, call) => reader.wrote(call, true),
  ftruncate: (reader, call) => reader.truncated(call),
  fsync: (reader, call) => reader.synced(call),
  fdatasync: (reader, call) => reader.synced(call),
};

/** The calls to be recorded, as strace wants them named. */
export const tracedCalls = Object.keys(takers).join(',');

function quotedBytes(text: string): readonly Buffer[] {
  return [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map((match) => unhex(match[1] ?? ''));
}

function quoted(text: string): readonly string[] {
  return quotedBytes(text).map(String);
}
