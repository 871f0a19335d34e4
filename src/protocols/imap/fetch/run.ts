import type { MessageRow } from '#store/contract/messages.ts';
import type { Selection } from '#store/view-reader.ts';
import { okay, refused } from '../response/done.ts';
import type { Done } from '../response/done.ts';
import { takeKeywordNews } from '../response/news.ts';
import { OutputWriter } from '../response/output-writer.ts';
import { expungedDone } from '../response/read-only.ts';
import { BrokenOff, troubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';
import { ImplicitSeen } from './implicit-seen.ts';
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
    const trouble = await run.seen.markPage(uids.subarray(at, end), page.value);
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
  readonly seen: ImplicitSeen;
  readonly #world: SelectedWorld;
  readonly #request: FetchRequest;
  readonly #parts: readonly FetchPart[];
  #missing = false;
  #refused: Done | undefined;
  /** Something that makes the message \Seen which is being written. */
  #isGiven = false;

  constructor(world: SelectedWorld, request: FetchRequest) {
    const { parts } = request;
    this.#world = world;
    this.#request = request;
    this.#parts = withKeptTexts(parts, world.selected.view);
    this.reader = new PageReader(world, request.selection.uids, this.#parts);
    this.seen = new ImplicitSeen(world, parts);
  }

  /** RFC 2180 §4.1.2: by number the client must learn that messages are missing; unknown UIDs are nothing special. */
  get done(): Done {
    if (this.#refused !== undefined) return this.#refused;
    return this.#missing && !this.#request.byUid ? expungedDone : okay('Fetched');
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
      this.#isGiven = false;
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
      this.#given(n);
    }
    if (this.#isGiven && this.seen.isWaiting(message.uid)) return this.#closeLate(message);
    this.#close(message);
    return undefined;
  }

  #given(n: number): void {
    if (this.#parts[n]?.setsSeen === true) this.#isGiven = true;
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
        this.#given(n);
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

  async *#closeLate(message: FetchedMessage): AsyncGenerator<Uint8Array> {
    const trouble = await this.seen.markLate(message.uid);
    if (trouble !== undefined) this.#refuse(troubleDone(trouble));
    this.#close(message);
    if (this.out.hasReady) yield* this.out.take(false);
  }

  #close({ uid }: FetchedMessage): void {
    const flags = this.seen.flagsToTell(uid);
    this.out.text(flags === undefined ? ')\r\n' : ` FLAGS (${flags}))\r\n`);
  }
}
