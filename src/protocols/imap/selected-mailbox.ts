import type { MailboxId } from '#base/id.ts';
import type { MailboxView } from '#store/view.ts';
import type { Selection, ViewReader } from '#store/view-reader.ts';
import { resolveStar, runsOf } from './grammar/sequence-set.ts';
import type { NumberRange, SequenceSet } from './grammar/sequence-set.ts';

/** The mailbox a session has selected, as the session sees it. */
export class SelectedMailbox {
  readonly id: MailboxId;
  readonly name: string;
  readonly reader: ViewReader;
  /** EXAMINE: nothing is changed, not even \Seen (RFC 9051 §6.3.3). */
  readonly readOnly: boolean;
  /** `$`: UIDs of the last SEARCH RETURN (SAVE) (RFC 9051 §6.4.4.1). */
  saved: readonly number[] = [];

  constructor(options: Pick<SelectedMailbox, 'id' | 'name' | 'reader' | 'readOnly'>) {
    this.id = options.id;
    this.name = options.name;
    this.reader = options.reader;
    this.readOnly = options.readOnly;
  }

  get view(): MailboxView {
    return this.reader.view;
  }

  /** The messages of a set of UIDs; unknown UIDs are left out without a word (RFC 9051 §6.4.9). */
  byUid(set: SequenceSet): Selection {
    return this.reader.byUid(this.uidRanges(set));
  }

  /**
   * The messages of a set of sequence numbers; `undefined` if it names one beyond the last (RFC 9051 §9
   * seq-number). `1:*` of an empty mailbox is nothing rather than an error: clients ask so.
   */
  bySequence(set: SequenceSet): Selection | undefined {
    if (set.kind === 'saved') return this.byUid(set);
    const { count } = this.reader;
    if (set.ranges.some((range) => isBeyond(range, count))) return undefined;
    return this.reader.bySequence(this.sequenceRanges(set));
  }

  /** The ranges of sequence numbers that a set means, as far as there are messages. */
  sequenceRanges(set: Extract<SequenceSet, { kind: 'ranges' }>): NumberRange[] {
    const { count } = this.reader;
    return count === 0 ? [] : resolveStar(set.ranges, count).filter(([from]) => from <= count);
  }

  /** The ranges of UIDs that a set of UIDs means. */
  uidRanges(set: SequenceSet): NumberRange[] {
    if (set.kind === 'saved') return runsOf(this.saved);
    const uids = this.reader.uids();
    // In an empty mailbox `*` is nothing: 0 is no UID.
    return resolveStar(set.ranges, uids.at(-1) ?? 0);
  }
}

function isBeyond([from, to]: NumberRange, count: number): boolean {
  if (to !== Infinity) return to > count;
  return from !== Infinity && from > Math.max(count, 1);
}
