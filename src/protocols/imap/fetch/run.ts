import { systemFlags } from '#store/contract/messages.ts';
import type { MessageRow } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Selection } from '#store/view-reader.ts';
import { okay, refused } from '../response/done.ts';
import type { Done } from '../response/done.ts';
import { takeKeywordNews } from '../response/news.ts';
import { OutputWriter } from '../response/output-writer.ts';
import { expungedDone } from '../response/read-only.ts';
import { BrokenOff, troubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';
import type { FetchedMessage, FetchPart } from './item.ts';
import { withKeptTexts } from './kept-texts.ts';
import { PageReader } from './read-page.ts';
import type { ReadPage } from './read-page.ts';

export interface FetchRequest {
  readonly selection: Selection;
  readonly parts: readonly FetchPart[];
  readonly byUid: boolean;
}

/** The others are told; no value stands for the lost one, which a client would keep. */
const lostDone = refused('What cannot be read at the moment was left out', 'UNAVAILABLE');

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
  let ahead = run.reader.page(0);
  while (at < uids.length) {
    const page = await ahead;
    if (!page.ok) return troubleDone(page.error);
    const end = at + page.value.messages;
    const trouble = await run.markSeen(at, end, page.value.lost);
    if (trouble !== undefined) return troubleDone(trouble);
    if (end < uids.length) ahead = run.reader.page(end);
    // Nobody may be left to hear of a throw if the client goes away meanwhile.
    ahead.catch(() => undefined);
    yield* run.writePage(at, end, page.value);
    at = end;
  }
  yield* run.out.take(true);
  return run.done;
}

class FetchRun {
  readonly out = new OutputWriter();
  readonly reader: PageReader;
  readonly #world: SelectedWorld;
  readonly #request: FetchRequest;
  readonly #parts: readonly FetchPart[];
  readonly #setsSeen: boolean;
  readonly #tellsFlags: boolean;
  #missing = false;
  #refused: Done | undefined;
  /** Messages of the page that this FETCH has made \Seen. */
  #madeSeen: ReadonlySet<number> = new Set();

  constructor(world: SelectedWorld, request: FetchRequest) {
    const { parts } = request;
    this.#world = world;
    this.#request = request;
    this.#parts = withKeptTexts(parts, world.selected.view);
    this.reader = new PageReader(world, request.selection.uids, this.#parts);
    this.#setsSeen = !world.selected.readOnly && parts.some((part) => part.setsSeen);
    this.#tellsFlags = parts.some((part) => part.tellsFlags);
  }

  /** RFC 2180 §4.1.2: by number the client must learn that messages are missing; unknown UIDs are nothing special. */
  get done(): Done {
    if (this.#refused !== undefined) return this.#refused;
    return this.#missing && !this.#request.byUid ? expungedDone : okay('Fetched');
  }

  /** The implicit \Seen of a page, as one change (RFC 9051 §6.4.5). */
  async markSeen(from: number, to: number, lost: ReadonlySet<number>): Promise<Trouble | undefined> {
    if (!this.#setsSeen) return undefined;
    const { store, account, selected } = this.#world;
    const { view, reader } = selected;
    const unseen = [...this.#request.selection.uids.subarray(from, to)].filter((uid) => {
      const index = view.indexOf(uid);
      return index >= 0 && !lost.has(uid) && ((view.flags[index] ?? 0) & systemFlags['\\Seen']) === 0;
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

  async *writePage(from: number, to: number, page: ReadPage): AsyncGenerator<Uint8Array> {
    const { rows, asked, lost } = page;
    let next = 0;
    for (let i = from; i < to; i += 1) {
      const uid = this.#request.selection.uids[i] ?? 0;
      if (lost.has(uid)) {
        this.#refuse(lostDone);
        continue;
      }
      const read = rows[next]?.uid === uid ? rows[next] : undefined;
      if (read !== undefined) next += 1;
      // A text that was there when the page was read may have made room for others.
      const needed = this.reader.needsRow(uid);
      const row = needed && !asked.has(uid) ? await this.reader.again(uid) : read;
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
    let begun = false;
    try {
      for await (const piece of late) {
        if (!begun) yield* this.out.take(true);
        begun = true;
        yield piece;
      }
    } catch (problem) {
      if (begun || !(problem instanceof BrokenOff)) throw problem;
      this.#leaveOut(message);
    }
    const rest = this.#writeParts(message, n + 1);
    if (rest !== undefined) yield* rest;
  }

  /** Nothing of the part was said yet; its place must not be empty, and the UID is true of any message. */
  #leaveOut(message: FetchedMessage): void {
    this.out.text(`UID ${message.uid}`);
    this.#refuse(lostDone);
  }

  #close(message: FetchedMessage): void {
    const seen = !this.#tellsFlags && this.#madeSeen.has(message.uid);
    this.out.text(seen ? ` FLAGS (${this.#world.selected.view.flagText(message.bits)}))\r\n` : ')\r\n');
  }
}
