import type { MessageRow } from './contract/messages.ts';

/** What all kept rows of a process may take together; each is counted with what keeping it costs. */
export const viewRowsBytesMax = 16 * 1_048_576;
const rowOverheadBytes = 512;

interface KeptRow {
  readonly shelf: RowShelf;
  readonly label: string;
  readonly row: MessageRow;
  readonly bytes: number;
}

/**
 * Messages that sessions have read one by one, for the next that asks the same: people read a new message on several
 * devices, and each of these asks for it within seconds. The one that was asked for longest ago goes first.
 */
export class ViewRows {
  readonly #bytesMax: number;
  readonly #kept = new Set<KeptRow>();
  #bytes = 0;

  constructor(bytesMax = viewRowsBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** How much is kept, for tests and metrics. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts it with those that were asked for last. */
  touch(kept: KeptRow): void {
    this.#kept.delete(kept);
    this.#kept.add(kept);
  }

  add(kept: KeptRow): void {
    this.#kept.add(kept);
    this.#bytes += kept.bytes;
    for (const oldest of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return;
      oldest.shelf.forget([oldest.row.uid]);
    }
  }

  remove(kept: KeptRow): void {
    if (this.#kept.delete(kept)) this.#bytes -= kept.bytes;
  }
}

/** The rows of one view, by UID. */
export class RowShelf {
  readonly #pool: ViewRows;
  readonly #rows = new Map<number, KeptRow>();
  #ended = false;

  constructor(pool: ViewRows) {
    this.#pool = pool;
  }

  /** @param label what of the message the row was read with */
  get(uid: number, label: string): MessageRow | undefined {
    const kept = this.#rows.get(uid);
    if (kept?.label !== label) return undefined;
    this.#pool.touch(kept);
    return kept.row;
  }

  /** A row with a summary is not kept: how much memory that takes is not known. */
  put(label: string, row: MessageRow): void {
    if (this.#ended || row.summary !== undefined) return;
    this.forget([row.uid]);
    // Of its own memory: that which it came in may hold others.
    const own = { ...row, headers: row.headers?.slice(), body: row.body?.slice() };
    const bytes = rowOverheadBytes + (own.headers?.length ?? 0) + (own.body?.length ?? 0);
    const kept = { shelf: this, label, row: own, bytes };
    this.#rows.set(row.uid, kept);
    this.#pool.add(kept);
  }

  /** Messages that have gone. */
  forget(uids: readonly number[]): void {
    for (const uid of uids) {
      const kept = this.#rows.get(uid);
      if (kept === undefined) continue;
      this.#rows.delete(uid);
      this.#pool.remove(kept);
    }
  }

  /** Forgets all, for good: what was being read meanwhile is not kept either. */
  end(): void {
    this.#ended = true;
    this.forget([...this.#rows.keys()]);
  }
}
