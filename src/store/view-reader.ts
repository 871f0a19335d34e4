import type { ViewLease } from './views.ts';
import type { MailboxView } from './view.ts';
import { lowerBound, merged } from './view-arrays.ts';

/** What a session has not been told yet, in the order in which it may be said (RFC 9051 §7.5.1). */
export interface ViewNews {
  /** Sequence numbers, each counted after those before it have gone. */
  readonly expunged: readonly number[];
  /** The new number of messages, when it has changed since it was last said. */
  readonly exists: number | undefined;
  /** The keywords of the mailbox have changed: flags must be declared anew. */
  readonly keywords: boolean;
  /** Flags that others have changed. */
  readonly changed: readonly { readonly sequence: number; readonly uid: number; readonly bits: number }[];
}

/** One message as its session addresses it. */
export interface Selection {
  readonly sequences: Uint32Array;
  readonly uids: Uint32Array;
}

/**
 * A session's difference from the shared view: messages that are gone but not yet reported, and messages that are
 * there but not yet announced. What the session believes is (view below `uidEnd`) and (pending), so an idle
 * session with no news holds a few numbers and no array.
 */
export class ViewReader {
  readonly view: MailboxView;
  readonly #lease: ViewLease;
  readonly #unlisten: () => void;
  /** Messages from this UID on have not been announced by EXISTS. */
  #uidEnd: number;
  /** Gone but not yet reported, ascending. */
  #pending: number[] = [];
  #toldModSeq: number;
  #toldKeywords: readonly string[];
  #toldCount: number;
  /** Changes this session made itself and knows of: UID to MODSEQ. */
  #own: Map<number, number> | undefined;

  constructor(lease: ViewLease, onStale: () => void) {
    this.#lease = lease;
    this.view = lease.view;
    this.#uidEnd = this.view.uidNext;
    this.#toldModSeq = this.view.highestModSeq;
    this.#toldKeywords = this.view.keywords;
    this.#toldCount = this.view.count;
    this.#unlisten = this.view.listen({
      stale: onStale,
      vanished: (uids) => this.#vanished(uids),
    });
  }

  /** How many messages the session believes in. */
  get count(): number {
    return this.view.countBelow(this.#uidEnd) + this.#pending.length;
  }

  /** Messages that are gone but have not been reported to the session. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** Is the message one that the session has been told of? */
  knows(uid: number): boolean {
    return uid < this.#uidEnd;
  }

  /** The sequence number of a UID that the session knows. */
  sequenceOf(uid: number): number {
    const before = lowerBound(this.#pending, this.#pending.length, uid);
    return this.view.countBelow(uid) + before + 1;
  }

  /** All UIDs that the session believes in, ascending: element n has sequence number n + 1. A copy or a window: read only. */
  uids(): Uint32Array {
    const there = this.view.uids.subarray(0, this.view.countBelow(this.#uidEnd));
    return this.#pending.length === 0 ? there : merged(there, this.#pending);
  }

  /** The messages whose sequence numbers are in these merged, ascending ranges. */
  bySequence(ranges: readonly (readonly [number, number])[]): Selection {
    const uids = this.uids();
    const windows = ranges.map(([from, to]) => [from - 1, Math.min(to, uids.length)] as const);
    return gather(uids, windows);
  }

  /** The messages whose UIDs are in these merged, ascending ranges. */
  byUid(ranges: readonly (readonly [number, number])[]): Selection {
    const uids = this.uids();
    const windows = ranges.map(
      ([from, to]) => [lowerBound(uids, uids.length, from), lowerBound(uids, uids.length, to + 1)] as const,
    );
    return gather(uids, windows);
  }

  /** The session changed this itself and says so itself. */
  tellOwn(uid: number, modseq: number): void {
    this.#own ??= new Map();
    this.#own.set(uid, modseq);
  }

  /** Takes what is to be told and counts it as told. Without `expunges` those stay pending. */
  take(options: { readonly expunges: boolean }): ViewNews {
    const expunged = options.expunges ? this.#takeExpunged() : [];
    const changed = this.#takeChanged();
    this.#uidEnd = this.view.uidNext;
    const count = this.count;
    // Each EXPUNGE says by itself that there is one less.
    const exists = count === this.#toldCount - expunged.length ? undefined : count;
    this.#toldCount = count;
    return { expunged, exists, keywords: this.takeKeywords(), changed };
  }

  /** Have the keywords changed since they were last declared? Counts as told. */
  takeKeywords(): boolean {
    const changed = this.#toldKeywords !== this.view.keywords;
    this.#toldKeywords = this.view.keywords;
    return changed;
  }

  close(): void {
    this.#unlisten();
    this.#lease.release();
  }

  #vanished(uids: readonly number[]): void {
    const known = uids.filter((uid) => uid < this.#uidEnd);
    if (known.length === 0) return;
    this.#pending = [...this.#pending, ...known].sort((a, b) => a - b);
  }

  #takeExpunged(): number[] {
    if (this.#pending.length === 0) return [];
    const pending = this.#pending;
    // The k-th lowest of those that go has k - 1 fewer messages below it when its turn comes.
    const numbers = pending.map((uid) => this.view.countBelow(uid) + 1);
    this.#pending = [];
    return numbers;
  }

  #takeChanged(): ViewNews['changed'] {
    const { view } = this;
    const since = this.#toldModSeq;
    if (view.highestModSeq <= since) return [];
    const changed: { sequence: number; uid: number; bits: number }[] = [];
    for (const index of this.#candidates(since)) {
      const uid = view.uids[index] ?? 0;
      const modseq = view.modseqs[index] ?? 0;
      if (modseq <= since || uid >= this.#uidEnd || this.#own?.get(uid) === modseq) continue;
      changed.push({ sequence: this.sequenceOf(uid), uid, bits: view.flags[index] ?? 0 });
    }
    this.#toldModSeq = view.highestModSeq;
    this.#own = undefined;
    return changed;
  }

  #candidates(since: number): Iterable<number> {
    const recent = this.view.recentlyChanged(since);
    if (recent === undefined) return indexesUpTo(this.view.count);
    const indexes = new Set<number>();
    for (const uid of recent) {
      const index = this.view.indexOf(uid);
      if (index >= 0 && (this.view.modseqs[index] ?? 0) > since) indexes.add(index);
    }
    return [...indexes].sort((a, b) => a - b);
  }
}

function gather(uids: Uint32Array, windows: readonly (readonly [number, number])[]): Selection {
  const total = windows.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0);
  const selection = { sequences: new Uint32Array(total), uids: new Uint32Array(total) };
  let at = 0;
  for (const [from, to] of windows) {
    for (let index = from; index < to; index += 1) {
      selection.sequences[at] = index + 1;
      selection.uids[at] = uids[index] ?? 0;
      at += 1;
    }
  }
  return selection;
}

function* indexesUpTo(count: number): Iterable<number> {
  for (let index = 0; index < count; index += 1) yield index;
}
