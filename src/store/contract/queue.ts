import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Address, ReversePath } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { Page } from '#store/contract/page.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** A message that has been accepted and may not be lost. */
export interface QueueEntry {
  readonly id: QueueId;
  readonly traceId: TraceId;
  readonly receivedAtMs: number;
  readonly from: ReversePath;
  readonly recipients: readonly QueueRecipient[];
  /**
   * Received field and message as accepted; Return-Path is written at local delivery. Of a blob the store links
   * its own name, as in `NewMessage`: whoever wrote it removes the first name once `add` has returned.
   */
  readonly body: MessageBody;
  readonly summary: MessageSummary;
  readonly bodyType: '7bit' | '8bit' | 'binary';
  readonly smtpUtf8: boolean;
  /** Whose message it is: the submitting account, or `undefined` for mail from outside. */
  readonly submitter: AccountId | undefined;
  /** `relay`: by an exception of address, under sender rules of its own (P-10). */
  readonly origin: 'inbound' | 'submission' | 'relay' | 'bounce' | 'notice';
  readonly expiresAtMs: number;
  /** What policy made of it on the way in: fields that local delivery writes in front, and whether it goes to Junk. */
  readonly judged?: { readonly fields: string; readonly junk: boolean };
}

export interface QueueRecipient {
  readonly address: Address;
  /** The address as it was given at RCPT (before aliases), for Original-Recipient and X-Original-To. */
  readonly original: Address;
  readonly route: Route;
}

export type Route =
  | { readonly kind: 'local'; readonly account: AccountId; readonly detail: string | undefined }
  | { readonly kind: 'remote'; readonly domain: Domain | `[${string}]` };

/**
 * The right to work on some recipients of an entry until `untilMs`. It may run out under whoever works (a wall clock that
 * jumps), and another is granted: then this one can no longer put off or hold, but what it did is done (`Outcome`).
 */
export interface Lease {
  readonly id: string;
  readonly entry: QueueEntry;
  /** Indexes into `entry.recipients`; all local, or all of one remote domain. */
  readonly recipients: readonly number[];
  readonly attempt: number;
  readonly untilMs: number;
}

export type Outcome =
  /**
   * Remove the recipient; when none is left the entry and its body go too. It is a fact, so it counts from every lease that
   * was ever granted for the recipient: also after that ran out, and whatever another lease or a person did since.
   * Ignored, the message would be sent once more although nothing was in doubt (S-12).
   */
  | { readonly kind: 'done' }
  /** This and `held` are wishes: they count only from the lease that holds the recipient now. */
  | { readonly kind: 'retry'; readonly atMs: number; readonly attempt: QueueAttempt }
  /** Waits until a person says otherwise (`postern queue retry|drop`). */
  | { readonly kind: 'held'; readonly attempt: QueueAttempt };

/** Last attempt, in the remote server's words (cleaned, S-05); sealed at rest. */
export interface QueueAttempt {
  readonly atMs: number;
  readonly host: string | undefined;
  readonly address: string | undefined;
  readonly tls: string | undefined;
  readonly reply: string;
  /** Set just before the final dot goes out, cleared by the reply: at least once, and the trace says so. */
  readonly inDoubt: boolean;
  /** It failed for good, but the return path is not proven and its sender cannot be told (S-04): held, but not for ever. */
  readonly unproven?: true;
}

export interface QueueItem {
  readonly id: QueueId;
  /** Set when the stored entry is damaged: why it is held. Then the times are its id's, and nobody knows the rest. */
  readonly damage?: string;
  /** `undefined` of a damaged one. */
  readonly traceId: TraceId | undefined;
  readonly receivedAtMs: number;
  readonly expiresAtMs: number;
  readonly sizeBytes: number;
  readonly from: ReversePath;
  readonly submitter: AccountId | undefined;
  readonly recipients: readonly {
    readonly address: Address;
    readonly route: Route;
    readonly state: 'waiting' | 'leased' | 'held';
    readonly attempts: number;
    readonly nextAtMs: number | undefined;
    readonly last: QueueAttempt | undefined;
  }[];
}

export interface Queue {
  /**
   * Durable on return: only now is 250 said. Many `add` calls of one turn share one transaction and one sync.
   * With `leaseFor`, the caller owns all recipients at once (grouped as leases) and need not read them back.
   */
  add(
    entry: QueueEntry,
    leaseFor?: { readonly owner: string; readonly untilMs: number },
  ): Promise<Result<readonly Lease[], Trouble>>;
  /**
   * As `add`, for what a restore brings back (S-13): recipients that `isHeld` names, and those of the same route, are not due
   * before a person says so.
   */
  addRestored(
    entry: QueueEntry,
    isHeld: (recipient: QueueRecipient) => boolean,
  ): Promise<Result<void, Trouble>>;
  /** Adds several in one transaction (a bounce and the settling of what it reports; Sieve's plan later). */
  addAndSettle(entries: readonly QueueEntry[], settle: readonly Settlement[]): Promise<Result<void, Trouble>>;
  /** Due work, oldest first; not more than `count` leases. Entries whose lease has run out are due again. */
  lease(
    nowMs: number,
    count: number,
    owner: string,
    untilMs: number,
  ): Promise<Result<readonly Lease[], Trouble>>;
  /** Durable on return; in lots. What no longer counts (`Outcome`) and what is gone already is passed over. */
  settle(settlements: readonly Settlement[]): Promise<Result<void, Trouble>>;
  /** Records an attempt in doubt, durable, before the final dot. */
  mark(lease: Lease, recipients: readonly number[], attempt: QueueAttempt): Promise<Result<void, Trouble>>;
  /** When is the next thing due? `undefined`: nothing waits. */
  nextDue(): Promise<Result<number | undefined, Trouble>>;
  list(
    filter: QueueFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<Result<Page<QueueItem>, Trouble>>;
  get(id: QueueId): Promise<Result<QueueItem, Trouble>>;
  /** `retry`: due now and no longer held; `hold`. */
  change(
    id: QueueId,
    patch: { readonly action: 'retry' | 'hold'; readonly nowMs: number },
  ): Promise<Result<void, Trouble>>;
  drop(id: QueueId): Promise<Result<void, Trouble>>;
  counts(): Promise<
    Result<{ readonly waiting: number; readonly leased: number; readonly held: number }, Trouble>
  >;
}

/** What there is to know of a lease in order to settle it: not its message, which may be let go before. */
export interface SettledLease extends Pick<Lease, 'id' | 'recipients' | 'attempt'> {
  readonly entry: Pick<QueueEntry, 'id' | 'submitter'>;
}

export interface Settlement<Of extends SettledLease = SettledLease> {
  readonly lease: Of;
  readonly recipients: readonly number[];
  readonly outcome: Outcome;
}

export interface QueueFilter {
  readonly state?: 'waiting' | 'leased' | 'held';
  readonly domain?: string;
}
