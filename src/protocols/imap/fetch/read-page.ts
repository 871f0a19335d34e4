import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MessageRow, Need } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { readPageMessages } from '../limits.ts';
import type { SelectedWorld } from '../world.ts';
import type { FetchPart } from './item.ts';

/** A page of bodies is held in memory: so many messages at first, then as many as make about half a MiB. */
const bodyPageMessagesFirst = 8;
const bodyPageMessagesMax = 128;
const bodyPageBytes = 524_288;

/** Who asks for so few messages reads them, and another device may ask the same; who asks for more copies a mailbox. */
const keptMessagesMax = 8;

/** So many one after the other that cannot be read: then it is the store that is in trouble, not they. */
const lostInARowMax = 16;

/** What is read one by one, when one of a page cannot be read, until the page ends. */
const eachBytesMax = 2 * 1_048_576;

export interface ReadPage {
  /** Messages of the selection that the page stands for; some may be gone. */
  readonly messages: number;
  readonly rows: readonly MessageRow[];
  /** Whose rows were asked for; of the others there are texts. */
  readonly asked: ReadonlySet<number>;
  /** Those that are there and cannot be read. */
  readonly lost: ReadonlySet<number>;
}

interface ReadRows {
  readonly rows: readonly MessageRow[];
  readonly lost: ReadonlySet<number>;
  /** Of what comes after it nothing is said; `undefined`: all were read. */
  readonly upTo: number | undefined;
}

const none: ReadonlySet<number> = new Set();

/** Reads what a FETCH needs of its messages, page by page. */
export class PageReader {
  readonly #world: SelectedWorld;
  readonly #uids: Uint32Array;
  readonly #parts: readonly FetchPart[];
  readonly #needs: ReadonlySet<Need>;
  /** What rows are kept as; `undefined`: they are not. */
  readonly #keptAs: string | undefined;
  #pageMessages: number;

  constructor(world: SelectedWorld, uids: Uint32Array, parts: readonly FetchPart[]) {
    this.#world = world;
    this.#uids = uids;
    this.#parts = parts;
    this.#needs = new Set(parts.flatMap((part) => part.needs).filter((need) => need !== 'row'));
    const isKept = this.#needs.has('body') && !this.#needs.has('summary') && uids.length <= keptMessagesMax;
    this.#keptAs = isKept ? [...this.#needs].toSorted().join(' ') : undefined;
    this.#pageMessages = this.#needs.has('body') ? bodyPageMessagesFirst : readPageMessages;
  }

  async page(from: number): Promise<Result<ReadPage, Trouble>> {
    const page = this.#uids.subarray(from, from + this.#pageMessages);
    const wanted = [...page].filter((uid) => this.needsRow(uid));
    if (wanted.length === 0) return ok({ messages: page.length, rows: [], asked: none, lost: none });
    const read = await this.#rowsOf(wanted);
    if (!read.ok) return read;
    const { rows, lost, upTo } = read.value;
    this.#adapt(rows);
    const messages = upTo === undefined ? page.length : page.indexOf(upTo) + 1;
    return ok({ messages, rows, asked: new Set(wanted), lost });
  }

  /** FLAGS and UID come from the view, and many texts are kept with it. */
  needsRow(uid: number): boolean {
    return this.#parts.some((part) => part.needs.length > 0 && part.hasText?.(uid) !== true);
  }

  /** One message whose text was there when its page was read, and has made room for others since. */
  async again(uid: number): Promise<MessageRow | undefined> {
    const rows = await this.#ask([uid]);
    return rows.ok ? rows.value[0] : undefined;
  }

  async #rowsOf(uids: readonly number[]): Promise<Result<ReadRows, Trouble>> {
    const kept = this.#keptRows(uids);
    if (kept !== undefined) return ok({ rows: kept, lost: none, upTo: undefined });
    const read = await this.#ask(uids);
    if (!read.ok) return isOfMessages(read.error) ? this.#readEach(uids) : read;
    const rows = read.value;
    this.#keep(rows);
    // The store may have left large ones for the next page; it says nothing of what comes after its last row.
    return ok({ rows, lost: none, upTo: rows.length === uids.length ? undefined : rows.at(-1)?.uid });
  }

  #ask(uids: readonly number[]): Promise<Result<readonly MessageRow[], Trouble>> {
    const { store, account, selected } = this.#world;
    return store.messages.read(account, selected.id, uids, this.#needs, uids.length);
  }

  /** One message that cannot be read must not keep the others from being told. */
  async #readEach(uids: readonly number[]): Promise<Result<ReadRows, Trouble>> {
    const rows: MessageRow[] = [];
    const lost = new Set<number>();
    let [lostInARow, bytes] = [0, 0];
    for (const uid of uids) {
      const read = await this.#ask([uid]);
      if (read.ok) {
        lostInARow = 0;
        rows.push(...read.value);
        bytes += bytesOf(read.value);
        if (bytes >= eachBytesMax) return ok({ rows, lost, upTo: uid });
        continue;
      }
      lostInARow += 1;
      lost.add(uid);
      if (!isOfMessages(read.error) || lostInARow === lostInARowMax) return read;
    }
    return ok({ rows, lost, upTo: undefined });
  }

  #keptRows(uids: readonly number[]): readonly MessageRow[] | undefined {
    if (this.#keptAs === undefined) return undefined;
    const rows: MessageRow[] = [];
    for (const uid of uids) {
      const row = this.#world.selected.view.rows.get(uid, this.#keptAs);
      if (row === undefined) return undefined;
      rows.push(row);
    }
    return rows;
  }

  #keep(rows: readonly MessageRow[]): void {
    if (this.#keptAs === undefined) return;
    for (const row of rows) this.#world.selected.view.rows.put(this.#keptAs, row);
  }

  #adapt(rows: readonly MessageRow[]): void {
    if (!this.#needs.has('body') || rows.length === 0) return;
    const fitting = Math.floor((bodyPageBytes * rows.length) / Math.max(bytesOf(rows), 1));
    this.#pageMessages = Math.min(
      Math.max(fitting, bodyPageMessagesFirst),
      bodyPageMessagesMax,
      this.#pageMessages * 4,
    );
  }
}

/** Trouble that may be about one message among others. */
function isOfMessages({ code }: Trouble): boolean {
  return code === 'fenced' || code === 'unavailable';
}

function bytesOf(rows: readonly MessageRow[]): number {
  return rows.reduce((sum, { body, headers }) => sum + (body?.length ?? 0) + (headers?.length ?? 0), 0);
}
