import type { Random } from '#platform/random.ts';

/** What the page cache writes back as a whole. */
const blockBytes = 4096;

type Change =
  | { readonly step: number; readonly at: number; readonly bytes: Buffer }
  | { readonly step: number; readonly length: number };

/** A file's bytes: those that a disk holds for certain, and what was written since its last sync. */
export class FileBytes {
  #durable: Buffer = Buffer.alloc(0);
  #pending: Change[] = [];

  write(step: number, at: number, bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      const place = at + from;
      const end = Math.min(bytes.length, from + blockBytes - (place % blockBytes));
      this.#pending.push({ step, at: place, bytes: bytes.subarray(from, end) });
      from = end;
    }
  }

  truncate(step: number, length: number): void {
    this.#pending.push({ step, length });
  }

  /** What was changed before step `covers` is on the disk. */
  sync(covers: number): void {
    const covered = this.#pending.findIndex(({ step }) => step >= covers);
    const done = covered === -1 ? this.#pending : this.#pending.slice(0, covered);
    this.#durable = applied(this.#durable, done);
    this.#pending = covered === -1 ? [] : this.#pending.slice(covered);
  }

  /**
   * What a disk may hold: each block as it was after any of its writes (`share` of them as after the last).
   * A block is written back whole, so a later write of it never comes without the earlier ones.
   */
  image(random: Random, share: number): Buffer {
    const writes = Map.groupBy(
      this.#pending.filter((change) => 'at' in change),
      ({ at }) => Math.floor(at / blockBytes),
    );
    const chosen = new Set<Change>();
    for (const ofBlock of writes.values()) {
      const last = chance(random, share)
        ? ofBlock.length
        : random.integer(ofBlock.length) * Number(share > 0);
      for (const change of ofBlock.slice(0, last)) chosen.add(change);
    }
    const taken = this.#pending.filter((change) =>
      'at' in change ? chosen.has(change) : chance(random, share),
    );
    return applied(this.#durable, taken);
  }
}

export function chance(random: Random, share: number): boolean {
  return random.integer(1_000_000) < share * 1_000_000;
}

function applied(start: Buffer, changes: readonly Change[]): Buffer {
  let size = start.length;
  for (const change of changes) if ('at' in change) size = Math.max(size, change.at + change.bytes.length);
  const bytes = Buffer.alloc(size);
  start.copy(bytes);
  let length = start.length;
  for (const change of changes) {
    if ('at' in change) {
      change.bytes.copy(bytes, change.at);
      length = Math.max(length, change.at + change.bytes.length);
    } else {
      if (change.length < length) bytes.fill(0, change.length, length);
      length = change.length;
    }
  }
  return bytes.subarray(0, Math.min(length, size));
}
