import type { Result } from '#base/result.ts';
import { systemFlags } from '#store/contract/messages.ts';
import type { MessageRow, Need } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Selection } from '#store/view-reader.ts';
import { okay } from '../response/done.ts';
import type { Done } from '../response/done.ts';
import { takeKeywordNews } from '../response/news.ts';
import { OutputWriter } from '../response/output-writer.ts';
import { expungedDone } from '../response/read-only.ts';
import { troubleDone } from '../response/trouble.ts';
import { readPageMessages } from '../limits.ts';
import type { SelectedWorld } from '../world.ts';
import type { FetchedMessage, FetchPart } from './item.ts';
import { withKeptTexts } from './kept-texts.ts';

export interface FetchRequest {
  readonly selection: Selection;
  readonly parts: readonly FetchPart[];
  readonly byUid: boolean;
}

/** A page of bodies is held in memory: so many messages at first, then as many as make about half a MiB. */
const bodyPageMessagesFirst = 8;
const bodyPageMessagesMax = 128;
const bodyPageBytes = 524_288;

/**
 * Writes the FETCH responses of a selection page by page; while one page is written the next is being read. FLAGS
 * and UID come from the view, and a FETCH of nothing else does not touch the store.
 */
export async function* fetchMessages(
  world: SelectedWorld,
  request: FetchRequest,
): AsyncGenerator<Uint8Array, Done> {
  const run = new FetchRun(world, request);
  const { uids } = request.selection;
  run.out.text(takeKeywordNews(world.selected));
  let at = 0;
  let ahead = run.read(0);
  while (at < uids.length) {
    const page = await ahead;
    if (!page.ok) return troubleDone(page.error);
    const end = at + page.value.messages;
    const trouble = await run.markSeen(at, end);
    if (trouble !== undefined) return troubleDone(trouble);
    ahead = run.read(end);
    // Nobody may be left to hear of a throw if the client goes away meanwhile.
    ahead.catch(() => undefined);
    yield* run.writePage(at, end, page.value);
    at = end;
  }
  yield* run.out.take(true);
  return run.done;
}

interface ReadPage {
  /** Messages of the selection that the page stands for; some may be gone. */
  readonly messages: number;
  readonly rows: readonly MessageRow[];
  /** Whose rows were asked for; of the others there are texts. */
  readonly asked: ReadonlySet<number>;
}

const nothingRead: Result<ReadPage, Trouble> = {
  ok: true,
  value: { messages: 0, rows: [], asked: new Set() },
};

class FetchRun {
  readonly out = new OutputWriter();
  readonly #world: SelectedWorld;
  readonly #request: FetchRequest;
  readonly #parts: readonly FetchPart[];
  readonly #needs: ReadonlySet<Need>;
  readonly #setsSeen: boolean;
  readonly #tellsFlags: boolean;
  #pageMessages: number;
  #missing = false;
  #refused: Done | undefined;
  /** Messages of the page that this FETCH has made \Seen. */
  #madeSeen: ReadonlySet<number> = new Set();

  constructor(world: SelectedWorld, request: FetchRequest) {
    const { parts } = request;
    const needs = parts.flatMap((part) => part.needs);
    this.#world = world;
    this.#request = request;
    this.#parts = withKeptTexts(parts, world.selected.view);
    this.#needs = new Set(needs.filter((need) => need !== 'row'));
    this.#setsSeen = !world.selected.readOnly && parts.some((part) => part.setsSeen);
    this.#tellsFlags = parts.some((part) => part.tellsFlags);
    this.#pageMessages = this.#needs.has('body') ? bodyPageMessagesFirst : readPageMessages;
  }

  /** RFC 2180 §4.1.2: by number the client must learn that messages are missing; unknown UIDs are nothing special. */
  get done(): Done {
    if (this.#refused !== undefined) return this.#refused;
    return this.#missing && !this.#request.byUid ? expungedDone : okay('Fetched');
  }

  async read(from: number): Promise<Result<ReadPage, Trouble>> {
    const { uids } = this.#request.selection;
    if (from >= uids.length) return nothingRead;
    const page = uids.subarray(from, from + this.#pageMessages);
    const wanted = [...page].filter((uid) => this.#needsRow(uid));
    if (wanted.length === 0)
      return { ok: true, value: { messages: page.length, rows: [], asked: new Set() } };
    const rows = await this.#readRows(wanted);
    if (!rows.ok) return rows;
    this.#adapt(rows.value);
    // The store may have left large ones for the next page; it says nothing of what comes after its last row.
    const last = rows.value.length === wanted.length ? undefined : rows.value.at(-1);
    const messages = last === undefined ? page.length : page.indexOf(last.uid) + 1;
    return { ok: true, value: { messages, rows: rows.value, asked: new Set(wanted) } };
  }

  #readRows(uids: readonly number[]): Promise<Result<readonly MessageRow[], Trouble>> {
    const { store, account, selected } = this.#world;
    return store.messages.read(account, selected.id, uids, this.#needs, uids.length);
  }

  /** FLAGS and UID come from the view, and many texts are kept with it. */
  #needsRow(uid: number): boolean {
    return this.#parts.some((part) => part.needs.length > 0 && part.hasText?.(uid) !== true);
  }

  #adapt(rows: readonly MessageRow[]): void {
    if (!this.#needs.has('body') || rows.length === 0) return;
    const bytes = rows.reduce((sum, row) => sum + (row.body?.length ?? 0), 0);
    const fitting = Math.floor((bodyPageBytes * rows.length) / Math.max(bytes, 1));
    this.#pageMessages = Math.min(
      Math.max(fitting, bodyPageMessagesFirst),
      bodyPageMessagesMax,
      this.#pageMessages * 4,
    );
  }

  /** The implicit \Seen of a page, as one change (RFC 9051 §6.4.5). */
  async markSeen(from: number, to: number): Promise<Trouble | undefined> {
    if (!this.#setsSeen) return undefined;
    const { store, account, selected } = this.#world;
    const { view, reader } = selected;
    const unseen = [...this.#request.selection.uids.subarray(from, to)].filter((uid) => {
      const index = view.indexOf(uid);
      return index >= 0 && ((view.flags[index] ?? 0) & systemFlags['\\Seen']) === 0;
    });
    this.#madeSeen = new Set(unseen);
    if (unseen.length === 0) return undefined;
    const change = { mode: 'add', flags: ['\\Seen'] } as const;
    const changed = await store.messages.flags(account, selected.id, unseen, change);
    if (!changed.ok) return changed.error;
    for (const { uid, modseq } of changed.value.changed) reader.tellOwn(uid, modseq);
    if (view.settleOwn(changed.value.changed)) return undefined;
    const refreshed = await view.refresh();
    return refreshed.ok ? undefined : refreshed.error;
  }

  async *writePage(from: number, to: number, { rows, asked }: ReadPage): AsyncGenerator<Uint8Array> {
    let next = 0;
    for (let i = from; i < to; i += 1) {
      const uid = this.#request.selection.uids[i] ?? 0;
      const read = rows[next]?.uid === uid ? rows[next] : undefined;
      if (read !== undefined) next += 1;
      // A text that was there when the page was read may have made room for others.
      const needed = this.#needsRow(uid);
      const row = needed && !asked.has(uid) ? await this.#readAgain(uid) : read;
      const message = this.#message(i, uid, row);
      if (message === undefined || (needed && row === undefined)) {
        this.#missing = true;
        continue;
      }
      this.out.text(`* ${message.sequence} FETCH (`);
      const late = this.#writeParts(message, 0);
      if (late !== undefined) yield* late;
      if (this.out.hasReady) yield* this.out.take(false);
    }
  }

  async #readAgain(uid: number): Promise<MessageRow | undefined> {
    const rows = await this.#readRows([uid]);
    return rows.ok ? rows.value[0] : undefined;
  }

  /** `undefined`: the message is gone and nothing of it is known. */
  #message(i: number, uid: number, row: MessageRow | undefined): FetchedMessage | undefined {
    const world = this.#world;
    const { view } = world.selected;
    const sequence = this.#request.selection.sequences[i] ?? 0;
    const index =
      sequence <= view.count && view.uids[sequence - 1] === uid ? sequence - 1 : view.indexOf(uid);
    if (index < 0 && row === undefined) return undefined;
    const bits = index < 0 ? (row?.flags ?? 0) : (view.flags[index] ?? 0);
    return { world, sequence, uid, bits, row, refuse: this.#refuse };
  }

  readonly #refuse = (done: Done): void => {
    this.#refused = done;
  };

  /** Most parts are written at once; from the first that is not, the rest goes on as a generator. */
  #writeParts(message: FetchedMessage, first: number): AsyncGenerator<Uint8Array> | undefined {
    const parts = this.#parts;
    for (let n = first; n < parts.length; n += 1) {
      if (n > 0) this.out.text(' ');
      const late = parts[n]?.write(this.out, message);
      if (late !== undefined) return this.#writeLate(message, n, late);
    }
    this.#close(message);
    return undefined;
  }

  async *#writeLate(
    message: FetchedMessage,
    n: number,
    late: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    yield* this.out.take(true);
    yield* late;
    const rest = this.#writeParts(message, n + 1);
    if (rest !== undefined) yield* rest;
  }

  #close(message: FetchedMessage): void {
    const seen = !this.#tellsFlags && this.#madeSeen.has(message.uid);
    this.out.text(seen ? ` FLAGS (${this.#world.selected.view.flagText(message.bits)}))\r\n` : ')\r\n');
  }
}
