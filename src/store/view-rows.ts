import { KeptPool, KeptShelf } from '#base/kept-shelf.ts';
import type { MessageRow } from './contract/messages.ts';

/** What all kept rows of a process may take together; each is counted with what keeping it costs. */
export const viewRowsBytesMax = 16 * 1_048_576;
const rowOverheadBytes = 512;

interface KeptRow {
  readonly label: string;
  readonly row: MessageRow;
}

/**
 * Messages that sessions have read one by one, for the next that asks the same: people read a new message on several
 * devices, and each of these asks for it within seconds. Shared by the views of a process.
 */
export class ViewRows extends KeptPool<number, KeptRow> {
  constructor(bytesMax = viewRowsBytesMax) {
    super(bytesMax);
  }
}

/** The rows of one view, by UID. */
export class RowShelf {
  readonly #rows: KeptShelf<number, KeptRow>;

  constructor(pool: ViewRows) {
    this.#rows = new KeptShelf(pool);
  }

  /** @param label what of the message the row was read with */
  get(uid: number, label: string): MessageRow | undefined {
    const kept = this.#rows.get(uid);
    return kept?.label === label ? kept.row : undefined;
  }

  /** A row with a summary is not kept: how much memory that takes is not known. */
  put(label: string, row: MessageRow): void {
    if (row.summary !== undefined) return;
    // Of its own memory: that which it came in may hold others.
    const own = { ...row, headers: copied(row.headers), body: copied(row.body) };
    const bytes = rowOverheadBytes + (own.headers?.length ?? 0) + (own.body?.length ?? 0);
    this.#rows.put(row.uid, { label, row: own }, bytes);
  }

  /** Messages that have gone. */
  forget(uids: readonly number[]): void {
    this.#rows.forget(uids);
  }

  /** Forgets all, for good: what is being read meanwhile is not kept either. */
  end(): void {
    this.#rows.end();
  }
}

/** `slice` of a `Buffer` copies nothing. */
function copied(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : new Uint8Array(bytes);
}
