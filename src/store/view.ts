import type { AccountId, MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { keywordBitFirst, systemFlags } from '#store/contract/messages.ts';
import type { Changes, MailboxChanges, MailboxSnapshot } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { lowerBound } from './view-arrays.ts';
import { RowShelf, ViewRows } from './view-rows.ts';
import { TextShelf, ViewTexts } from './view-texts.ts';

/** What a reader of a view is told; synchronous and cheap. */
export interface ViewListener {
  /** These UIDs (ascending) are no longer in the mailbox. */
  vanished(uids: readonly number[]): void;
  /** The view is stale: call `refresh` when it suits. */
  stale(): void;
}

/** So many changed messages are remembered by name; beyond it a reader scans the array of MODSEQs. */
const recentChangesMax = 4_096;
/** Kinds of texts that are kept of one mailbox: a client asks in two or three ways. */
const textKindsMax = 16;
/** Own changes that are taken over before a refresh is due anyway. */
const settledMax = 1_024;

/**
 * A mailbox as it stands: UIDs, flags and MODSEQs in typed arrays, shared by all sessions of a process that have
 * selected it (STORAGE §5), brought up to date by `changes.since`. Sequence numbers are not its business: what a
 * session believes differs from the truth until it has been told, and that difference is a `ViewReader`.
 */
export class MailboxView {
  readonly account: AccountId;
  readonly mailbox: MailboxId;
  readonly uidValidity: number;
  /** The first `count` elements are in use; ascending by UID. Read them, do not keep them. */
  uids: Uint32Array;
  flags: Uint32Array;
  modseqs: Float64Array;
  count: number;
  uidNext: number;
  highestModSeq: number;
  keywords: readonly string[];
  /** The mailbox was removed; nothing here is true any more. */
  gone = false;

  readonly #changes: Changes;
  readonly #listeners = new Set<ViewListener>();
  /** Changed UIDs with the MODSEQ up to which the batch that brought them reached, oldest first. */
  #recent: { readonly uid: number; readonly upTo: number }[] = [];
  /** `#recent` names every message changed after this MODSEQ. */
  #recentSince: number;
  #flagTexts = new Map<number, string>();
  readonly #texts: ViewTexts;
  readonly #shelves = new Map<string, TextShelf>();
  /** Messages that were read one by one. */
  readonly rows: RowShelf;
  #refreshing: Promise<Result<void, Trouble>> | undefined;
  /** MODSEQs that notices have named and that nobody has explained: something is not known here. */
  readonly #unexplained = new Set<number>();
  /** MODSEQs above `highestModSeq` whose changes are here already, by `settleOwn`. */
  readonly #settled = new Set<number>();

  /** @param parts texts and rows are shared by the views of a process */
  constructor(
    account: AccountId,
    snapshot: MailboxSnapshot,
    parts: { readonly changes: Changes; readonly texts?: ViewTexts; readonly rows?: ViewRows },
  ) {
    const { changes, texts = new ViewTexts(), rows = new ViewRows() } = parts;
    this.account = account;
    this.mailbox = snapshot.mailbox;
    this.uidValidity = snapshot.uidValidity;
    this.uids = snapshot.uids;
    this.flags = snapshot.flags;
    this.modseqs = snapshot.modseqs;
    this.count = snapshot.uids.length;
    this.uidNext = snapshot.uidNext;
    this.highestModSeq = snapshot.highestModSeq;
    this.keywords = snapshot.keywords;
    this.#changes = changes;
    this.#texts = texts;
    this.rows = new RowShelf(rows);
    this.#recentSince = snapshot.highestModSeq;
  }

  listen(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Index of a UID, -1 if the mailbox no longer has it. */
  indexOf(uid: number): number {
    const index = lowerBound(this.uids, this.count, uid);
    return index < this.count && this.uids[index] === uid ? index : -1;
  }

  /** How many messages have a UID below this one. */
  countBelow(uid: number): number {
    return uid >= this.uidNext ? this.count : lowerBound(this.uids, this.count, uid);
  }

  /** The names of the set bits, joined by spaces; the same text for the same bits, made once. */
  flagText(bits: number): string {
    const known = this.#flagTexts.get(bits);
    if (known !== undefined) return known;
    const text = flagNames(bits, this.keywords).join(' ');
    this.#flagTexts.set(bits, text);
    return text;
  }

  /** Texts of this kind that were made of messages of this mailbox; `label` says what of a message they hold, and how. */
  textsOf(label: string): TextShelf {
    const shelf = this.#shelves.get(label) ?? new TextShelf(this.#texts, label);
    this.#shelves.delete(label);
    this.#shelves.set(label, shelf);
    this.#texts.touch(shelf);
    const [oldest] = this.#shelves;
    if (oldest !== undefined && this.#shelves.size > textKindsMax) {
      oldest[1].clear();
      this.#shelves.delete(oldest[0]);
    }
    return shelf;
  }

  /** All that is kept of its messages, when the account has gone or nobody uses the view any more. */
  forgetMessages(): void {
    for (const shelf of this.#shelves.values()) shelf.clear();
    this.#shelves.clear();
    this.rows.end();
  }

  /** UIDs changed after `modseq` if they are remembered, else `undefined`: scan `modseqs`. */
  recentlyChanged(modseq: number): readonly number[] | undefined {
    if (modseq < this.#recentSince) return undefined;
    const uids: number[] = [];
    for (let i = this.#recent.length - 1; i >= 0; i -= 1) {
      const change = this.#recent[i];
      if (change === undefined || change.upTo <= modseq) break;
      uids.push(change.uid);
    }
    return uids;
  }

  get stale(): boolean {
    return this.#unexplained.size > 0;
  }

  /** Somebody changed the mailbox, and this is the MODSEQ of it; `Infinity` if that is not known. */
  notice(modseq: number): void {
    if (modseq <= this.highestModSeq || this.#settled.has(modseq)) return;
    this.#unexplained.add(modseq);
    for (const listener of this.#listeners) listener.stale();
  }

  /**
   * Takes over what a change of flags by this process answered, which saves asking for it. Only while one session
   * looks on: others would not hear of it. `false`: refresh instead. `highestModSeq` stays, so that the next
   * refresh brings these changes again, and with them all that a lost notice was about.
   */
  settleOwn(rows: MailboxChanges['changed']): boolean {
    const known = 2 ** (keywordBitFirst + this.keywords.length);
    const isPlain = this.#listeners.size <= 1 && rows.every((row) => row.flags < known);
    if (!isPlain || this.#settled.size + rows.length > settledMax) return false;
    for (const row of rows) {
      const index = this.indexOf(row.uid);
      if (index < 0 || (this.modseqs[index] ?? 0) > row.modseq) continue;
      this.flags[index] = row.flags;
      this.modseqs[index] = row.modseq;
      if (row.modseq > this.highestModSeq) this.#settled.add(row.modseq);
      this.#unexplained.delete(row.modseq);
    }
    return !this.stale;
  }

  /** Brings the view up to date; one round trip however many sessions ask at once. */
  async refresh(): Promise<Result<void, Trouble>> {
    if (this.gone) return ok(undefined);
    // A notice that comes while a read is under way may be about something that read has not seen.
    if (this.#refreshing !== undefined) {
      const first = await this.#refreshing;
      if (!first.ok || !this.stale) return first;
    }
    this.#refreshing ??= this.#load().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #load(): Promise<Result<void, Trouble>> {
    const asked = [...this.#unexplained];
    this.#unexplained.clear();
    const changes = await this.#changes.since(this.account, this.mailbox, this.highestModSeq);
    if (!changes.ok) {
      for (const modseq of asked) this.#unexplained.add(modseq);
      return changes;
    }
    this.apply(changes.value);
    return ok(undefined);
  }

  /** Takes over what `changes.since(highestModSeq)` said. */
  apply(changes: MailboxChanges): void {
    if (changes.gone) {
      this.gone = true;
      return;
    }
    if (changes.highestModSeq <= this.highestModSeq && changes.changed.length === 0) return;
    if (changes.keywords.join(' ') !== this.keywords.join(' ')) {
      this.keywords = changes.keywords;
      this.#flagTexts = new Map();
    }
    for (const row of changes.changed) this.#put(row.uid, row.flags, row.modseq);
    this.#remember(changes);
    this.uidNext = Math.max(this.uidNext, changes.uidNext);
    this.highestModSeq = Math.max(this.highestModSeq, changes.highestModSeq);
    for (const modseq of this.#settled) if (modseq <= this.highestModSeq) this.#settled.delete(modseq);
    for (const modseq of this.#unexplained)
      if (modseq <= this.highestModSeq) this.#unexplained.delete(modseq);
    if (changes.vanished.length > 0) this.#drop(changes.vanished);
  }

  #put(uid: number, flags: number, modseq: number): void {
    const index = lowerBound(this.uids, this.count, uid);
    if (index === this.count) this.#grow(uid);
    // UIDs only grow, so one that is neither here nor behind the last has gone in the meantime.
    if (this.uids[index] !== uid) return;
    this.flags[index] = flags;
    this.modseqs[index] = modseq;
  }

  #grow(uid: number): void {
    if (this.count === this.uids.length) {
      const capacity = Math.max(16, Math.ceil(this.count * 1.5));
      this.uids = enlarged(this.uids, new Uint32Array(capacity));
      this.flags = enlarged(this.flags, new Uint32Array(capacity));
      this.modseqs = enlarged(this.modseqs, new Float64Array(capacity));
    }
    this.uids[this.count] = uid;
    this.count += 1;
  }

  #remember(changes: MailboxChanges): void {
    if (this.#recent.length + changes.changed.length > recentChangesMax) {
      this.#recent = [];
      this.#recentSince = changes.highestModSeq;
      return;
    }
    for (const row of changes.changed) this.#recent.push({ uid: row.uid, upTo: changes.highestModSeq });
  }

  /** Closes the gaps that the vanished leave, in one pass from the first of them. */
  #drop(vanished: readonly number[]): void {
    const going = vanished.filter((uid) => this.indexOf(uid) >= 0).sort((a, b) => a - b);
    if (going.length === 0) return;
    let next = 0;
    let to = lowerBound(this.uids, this.count, going[0] ?? 0);
    for (let from = to; from < this.count; from += 1) {
      const uid = this.uids[from] ?? 0;
      if (uid === going[next]) {
        next += 1;
        continue;
      }
      this.uids[to] = uid;
      this.flags[to] = this.flags[from] ?? 0;
      this.modseqs[to] = this.modseqs[from] ?? 0;
      to += 1;
    }
    this.count = to;
    for (const shelf of this.#shelves.values()) shelf.forget(going);
    this.rows.forget(going);
    for (const listener of this.#listeners) listener.vanished(going);
  }
}

const systemFlagNames = Object.entries(systemFlags);

/** Names of the flags whose bits are set, system flags first. */
export function flagNames(bits: number, keywords: readonly string[]): string[] {
  const names = systemFlagNames.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
  for (let n = 0; n < keywords.length; n += 1) {
    const keyword = keywords[n];
    if (keyword !== undefined && keyword !== '' && (bits & (1 << (keywordBitFirst + n))) !== 0)
      names.push(keyword);
  }
  return names;
}

function enlarged<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
