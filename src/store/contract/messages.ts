import type { Brand } from '#base/brand.ts';
import type { AccountId, BlobId, MailboxId, QueueId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** 1 to 2^32 - 1, never used twice in a mailbox. */
export type Uid = Brand<number, 'Uid'>;
/** 1 to 2^53 - 1, one sequence per account: every change of the account takes the next. */
export type ModSeq = Brand<number, 'ModSeq'>;

/** Bits of `flags` in rows and snapshots. Keywords are the bits from `keywordBitFirst` on. */
export const systemFlags = {
  '\\Seen': 1,
  '\\Answered': 2,
  '\\Flagged': 4,
  '\\Deleted': 8,
  '\\Draft': 16,
} as const;
export type SystemFlag = keyof typeof systemFlags;

export type SpecialUse = '\\Archive' | '\\Drafts' | '\\Junk' | '\\Sent' | '\\Trash' | '\\All' | '\\Flagged';

export interface MailboxRecord {
  readonly id: MailboxId;
  /** Levels joined by `/`, NFC; INBOX in exactly this case. No empty level, no control characters. */
  readonly name: string;
  readonly specialUse: SpecialUse | undefined;
  readonly subscribed: boolean;
  readonly uidValidity: number;
}

export interface MailboxStatus {
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly uidNext: number;
  readonly uidValidity: number;
  readonly highestModSeq: ModSeq;
  readonly sizeBytes: number;
}

export interface Mailboxes {
  /** All of an account (at most 10,000), by name. */
  list(account: AccountId): Promise<Result<readonly MailboxRecord[], Trouble>>;
  /** Missing parents are made too. */
  create(account: AccountId, name: string, specialUse?: SpecialUse): Promise<Result<MailboxRecord, Trouble>>;
  /** With all below it. Renaming INBOX moves its messages into a new mailbox (RFC 9051 §6.3.6). */
  rename(account: AccountId, id: MailboxId, name: string): Promise<Result<void, Trouble>>;
  /** Its messages go too; what is below it stays. INBOX cannot be removed. */
  remove(account: AccountId, id: MailboxId): Promise<Result<void, Trouble>>;
  /** Subscriptions are names and outlive their mailbox (RFC 9051 §6.3.7). */
  subscribe(account: AccountId, name: string, subscribed: boolean): Promise<Result<void, Trouble>>;
  subscriptions(account: AccountId): Promise<Result<readonly string[], Trouble>>;
  status(
    account: AccountId,
    ids: readonly MailboxId[],
  ): Promise<Result<ReadonlyMap<MailboxId, MailboxStatus>, Trouble>>;
}

/**
 * A message's bytes: `prefix` (this account's own trace fields; may be empty) followed by the body. Bodies up to
 * `inlineBodyBytesMax` come as bytes; larger ones were written to the blobs before, and the store links its own name.
 */
export interface NewMessage {
  readonly prefix: Uint8Array;
  readonly body: MessageBody;
  /** Of the whole, prefix included (`shiftSummary`). */
  readonly summary: MessageSummary;
  /** Milliseconds since 1970, whole seconds as far as IMAP sees. */
  readonly internalDateMs: number;
  readonly flags: readonly string[];
}

export type MessageBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly id: BlobId; readonly key: Uint8Array; readonly sizeBytes: number };

export const inlineBodyBytesMax = 65_536;

/**
 * So long after a commit `synced` still speaks of it. Later its account's file may have fallen out of use and be open again
 * without it, and nobody would know.
 */
export const syncAskedWithinMs = 120_000;

export interface Appended {
  readonly uid: Uid;
  readonly modseq: ModSeq;
  readonly uidValidity: number;
}

/** What a delivery does in an account, in one transaction with the ledger entry. */
export interface DeliveryPlan {
  /** Mailbox names; one that does not exist is made. Empty: nothing is kept (the ledger entry is). */
  readonly into: readonly { readonly mailbox: string; readonly flags: readonly string[] }[];
}

/** Exactly once by (queue id, recipient): the ledger's key (STORAGE §2). */
export interface LedgerKey {
  readonly queueId: QueueId;
  /** What tells the recipient from the others of the entry, always the same text. */
  readonly recipient: string;
}

/** A mailbox at one moment, ascending by UID; arrays of equal length, index = sequence number - 1. */
export interface MailboxSnapshot {
  readonly mailbox: MailboxId;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: ModSeq;
  readonly uids: Uint32Array;
  readonly flags: Uint32Array;
  readonly modseqs: Float64Array;
  /** Keyword names of the mailbox; keyword n is bit 5 + n of `flags` (at most 26 in use at once). */
  readonly keywords: readonly string[];
}

export const keywordBitFirst = 5;
export const keywordsPerMailboxMax = 26;

/** What a reader wants of messages; asking for less never touches more. */
export type Need = 'flags' | 'summary' | 'headers' | 'body';

export interface MessageRow {
  readonly uid: Uid;
  readonly modseq: ModSeq;
  readonly flags: number;
  readonly internalDateMs: number;
  readonly sizeBytes: number;
  /** Stable over COPY of the same mailbox and MOVE (RFC 8474 EMAILID), 26 characters. */
  readonly emailId: string;
  readonly savedAtMs: number;
  readonly summary: MessageSummary | undefined;
  /** The message's header with its blank line. */
  readonly headers: Uint8Array | undefined;
  /** Whole message, only when at most `inlineBodyBytesMax`; larger ones are read with `body`. */
  readonly body: Uint8Array | undefined;
}

export interface FlagChange {
  readonly mode: 'add' | 'remove' | 'replace';
  readonly flags: readonly string[];
}

/** Search on stored data; ranges inclusive. Text is case-folded substring over decoded text (STORAGE §5). */
export type SearchQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly queries: readonly SearchQuery[] }
  | { readonly kind: 'not'; readonly query: SearchQuery }
  | { readonly kind: 'uids'; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: 'flag'; readonly flag: string; readonly set: boolean }
  | { readonly kind: 'size'; readonly larger?: number; readonly smaller?: number }
  /** Half-open [fromMs, untilMs) over the internal date, save date or Date field. */
  | {
      readonly kind: 'date';
      readonly field: 'internal' | 'sent' | 'saved';
      readonly fromMs?: number;
      readonly untilMs?: number;
    }
  | { readonly kind: 'modseq'; readonly from: number }
  /** `text`: header and body; `body`: body text only; `subject`, `from`, `to`, `cc`, `bcc`: decoded field. */
  | {
      readonly kind: 'text';
      readonly field: 'text' | 'body' | 'subject' | 'from' | 'to' | 'cc' | 'bcc';
      readonly value: string;
    }
  /** Any header field, decoded and unfolded; an empty value asks for its presence. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

export interface Messages {
  /** Returns when durable. With a `key` (import, restore) a second append of the same key returns the first's answer. */
  append(
    account: AccountId,
    mailbox: MailboxId,
    messages: readonly NewMessage[],
    key?: string,
  ): Promise<Result<readonly Appended[], Trouble>>;
  /**
   * Returns when committed (readers see it), not yet durable: `synced` before the queue forgets.
   * Never over quota for a message the queue has accepted. `already`: the ledger knows it.
   */
  deliver(
    account: AccountId,
    message: NewMessage,
    plan: DeliveryPlan,
    key: LedgerKey,
  ): Promise<Result<'delivered' | 'already', Trouble>>;
  /**
   * Durable up to all that was committed in the last `syncAskedWithinMs` when called; one sync in flight per file, its
   * waiters share the next.
   */
  synced(account: AccountId): Promise<Result<void, Trouble>>;
  /** May the account take `bytes` more? Asked at RCPT, DATA and APPEND. */
  room(account: AccountId, bytes: number): Promise<Result<void, Trouble>>;
  select(account: AccountId, mailbox: MailboxId): Promise<Result<MailboxSnapshot, Trouble>>;
  /**
   * Rows for these UIDs (ascending), at most `limit` (256) per call, and fewer when they are large: at least one of those that
   * exist. Missing ones are left out; of UIDs above the last row's nothing is said.
   */
  read(
    account: AccountId,
    mailbox: MailboxId,
    uids: readonly number[],
    needs: ReadonlySet<Need>,
    limit: number,
  ): Promise<Result<readonly MessageRow[], Trouble>>;
  /** Bytes [start, end) of the message, as they are stored; range clipped to the size. */
  body(
    account: AccountId,
    mailbox: MailboxId,
    uid: number,
    range?: { readonly start: number; readonly end: number },
  ): AsyncIterable<Result<Uint8Array, Trouble>>;
  /** Durable on return. Returns the new state of each message that exists; those changed since `unchangedSince` are left alone and named. */
  flags(
    account: AccountId,
    mailbox: MailboxId,
    uids: readonly number[],
    change: FlagChange,
    unchangedSince?: number,
  ): Promise<
    Result<
      {
        readonly changed: readonly { readonly uid: Uid; readonly flags: number; readonly modseq: ModSeq }[];
        readonly modified: readonly Uid[];
      },
      Trouble
    >
  >;
  /** All or nothing, durable. Pairs of UIDs in order. `bodies` are shared, not copied. */
  copy(
    account: AccountId,
    from: MailboxId,
    uids: readonly number[],
    to: MailboxId,
  ): Promise<
    Result<{ readonly uidValidity: number; readonly pairs: readonly (readonly [Uid, Uid])[] }, Trouble>
  >;
  move(
    account: AccountId,
    from: MailboxId,
    uids: readonly number[],
    to: MailboxId,
  ): Promise<
    Result<
      {
        readonly uidValidity: number;
        readonly pairs: readonly (readonly [Uid, Uid])[];
        readonly modseq: ModSeq;
      },
      Trouble
    >
  >;
  /** `onlyDeleted`: leave those without \Deleted. Durable. Returns what went. */
  expunge(
    account: AccountId,
    mailbox: MailboxId,
    uids: readonly number[] | 'all',
    onlyDeleted: boolean,
  ): Promise<Result<{ readonly uids: readonly Uid[]; readonly modseq: ModSeq }, Trouble>>;
  /**
   * Matching UIDs, ascending. Runs in slices of at most 5 ms of the storage thread. A message whose body is lost or damaged is
   * passed over where its text decides, negated or not: one of them must not make the others unfindable.
   */
  search(
    account: AccountId,
    mailbox: MailboxId,
    query: SearchQuery,
    signal?: AbortSignal,
  ): Promise<Result<Uint32Array, Trouble>>;
}

/** What changed in a mailbox after a MODSEQ: enough to bring a view up to date. */
export interface MailboxChanges {
  readonly highestModSeq: ModSeq;
  readonly uidNext: number;
  /** New or changed, ascending by UID. */
  readonly changed: readonly { readonly uid: Uid; readonly flags: number; readonly modseq: ModSeq }[];
  readonly vanished: readonly Uid[];
  readonly keywords: readonly string[];
  /** The mailbox is gone (or was made anew): close it. */
  readonly gone: boolean;
}

export interface Changes {
  since(account: AccountId, mailbox: MailboxId, modseq: number): Promise<Result<MailboxChanges, Trouble>>;
  /** "Look again" notices; see `platform/bus.ts`. MODSEQ Infinity: the account was removed or restored. */
  watch(
    account: AccountId,
    listener: (change: { readonly mailbox: MailboxId | undefined; readonly modseq: number }) => void,
  ): () => void;
}
