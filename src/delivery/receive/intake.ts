import type { NetworkSet } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { QueueId, TraceId } from '#base/id.ts';
import type { Address, ReversePath } from '#mail/address.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Identity } from '#identity/authenticator.ts';

/**
 * The one way into the queue for every message in transit (DESIGN §3): SMTP, LMTP, later JMAP submission.
 * A protocol session opens one `Transaction` per MAIL FROM; check, then policy, then act happens in here,
 * the session only turns answers into replies.
 */
export interface Intake {
  /** A client that may not say a word (P-24): traced. `undefined`: it may. */
  connecting?(context: TransactionContext): Refusal | undefined;
  begin(context: TransactionContext, mail: MailParameters): Awaitable<Answer<Transaction>>;
  /** A refused attempt that never became a transaction (relay try before MAIL, smuggling, bad HELO): traced, and counted as an event. */
  refused(context: TransactionContext, attempt: RefusedAttempt): TraceId;
}

export interface TransactionContext {
  readonly sessionId: string;
  readonly listener: string;
  readonly role: 'mx' | 'submission' | 'lmtp';
  readonly client: string;
  readonly helo: string | undefined;
  readonly protocol: 'SMTP' | 'ESMTP' | 'LMTP';
  readonly tls: TlsFacts | undefined;
  readonly identity: Identity | undefined;
  readonly exempt: ReadonlySet<'rate' | 'dns'>;
  /** The client is one of these gateways: whose the mail is stands in its header (I-59). */
  readonly gateways?: NetworkSet | undefined;
  /** A proxy brings it and does not know from where: `client` is the proxy. */
  readonly isClientUnknown?: boolean;
}

export interface MailParameters {
  readonly from: ReversePath;
  /** SIZE= as declared. */
  readonly sizeBytes: number | undefined;
  readonly bodyType: '7bit' | '8bit' | 'binary';
  readonly smtpUtf8: boolean;
}

/** Accepted with a value, or a reply that the session sends as it stands. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reply: Refusal };

/** The class digit of `status` and the first digit of `code` agree by construction (`delivery/receive/refusal.ts`). */
export interface Refusal {
  readonly code: number;
  /** RFC 3463, e.g. `5.1.1`. */
  readonly status: string;
  /** One line, printable; ends in `[T:…]` for refusals that have a trace (CONTRACTS §4). */
  readonly text: string;
  /** The session closes after the reply. */
  readonly close: boolean;
}

export interface Transaction {
  /** RCPT TO. `postmaster` without a domain comes as local part with the server's first domain. */
  recipient(address: Address): Awaitable<Answer<void>>;
  /** How many were accepted. */
  readonly recipientCount: number;
  /** Before DATA's 354 or the first BDAT: is there still room and leave? */
  ready(): Awaitable<Answer<void>>;
  /** Body bytes in order, line ends as they came; bounded; await for back-pressure. A limit met is kept and told by `finish`. */
  write(bytes: Uint8Array): Awaitable<void>;
  /**
   * The end of the body. Durable on success. For LMTP one answer per accepted recipient in order, else exactly one.
   * `anomalies`: what bare line ends occurred (DESIGN §4): the intake decides by setting, refuses with 550 5.6.0 and
   * raises `smuggling`, or normalises for named networks.
   */
  finish(anomalies: {
    readonly bareCr: boolean;
    readonly bareLf: boolean;
    readonly nul: boolean;
  }): Promise<readonly Answer<{ readonly queueId: QueueId }>[]>;
  /** RSET, a lost connection, a failed command: nothing remains but events and the trace. */
  abandon(reason: string): Awaitable<void>;
}

export interface RefusedAttempt {
  readonly stage: 'connect' | 'helo' | 'login' | 'mail' | 'rcpt' | 'message';
  readonly check: string;
  readonly status: string;
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}
