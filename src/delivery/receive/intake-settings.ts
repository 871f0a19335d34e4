import type { Domain } from '#mail/domain.ts';
import { foreignHeaderBytesMax } from '#mail/message-limits.ts';
import type { TransactionContext } from './intake.ts';

const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;

/** Read anew for each transaction, so that a change counts for the next message. */
export interface IntakeSettings {
  /** I-61: a whole message as sent, without the fields we add. At least 64 KiB (RFC 5321 §4.5.3.1.7). */
  readonly messageBytesMax: number;
  /** I-62: one part, as encoded; `undefined`: only the whole is limited. */
  readonly partBytesMax: number | undefined;
  /** I-64. */
  readonly headerBytesMax: number;
  /** I-66: per message; never below 100 on `mx` and `lmtp` (RFC 5321 §4.5.3.1.8). */
  readonly inboundRecipientsMax: number;
  readonly submissionRecipientsMax: number;
  /** What we try so long to deliver is then given back (RFC 5321 §4.5.4.1: 4 to 5 days). */
  readonly queueLifetimeMs: number;
  /** Our own addresses in canonical form: mail for `postmaster@[one of them]` goes to `firstDomain` (S-03). */
  readonly ownAddresses: ReadonlySet<string>;
  readonly firstDomain: Domain | undefined;
  /** I-88: while the server that has a mailbox cannot be asked. */
  readonly downstreamUnreachable: 'defer' | 'accept';
  /** Networks whose bare CR, LF and NUL are mended instead of refused (DESIGN §4). */
  readonly mendsLineEnds: (context: TransactionContext) => boolean;
}

export const intakeDefaults: IntakeSettings = {
  messageBytesMax: 50 * mebibyte,
  partBytesMax: undefined,
  headerBytesMax: foreignHeaderBytesMax,
  inboundRecipientsMax: 1000,
  submissionRecipientsMax: 1000,
  queueLifetimeMs: 5 * dayMs,
  ownAddresses: new Set(),
  firstDomain: undefined,
  downstreamUnreachable: 'defer',
  mendsLineEnds: () => false,
};

/** RFC 5321 §4.5.3.1.8: the least that an MX must take. */
export const inboundRecipientsMin = 100;

/** After aliases were followed: what one message may cost us. */
export const deliveriesMax = 10_000;

/** RFC 5321 §6.3: more Received fields than this is a loop (S-10). */
export const receivedFieldsMax = 100;

/** Of these, written by ourselves (I-88). */
export const ownPassesMax = 10;

/** How far a message whose size was not announced may take a mailbox over its quota. */
export const quotaSlackBytes = 65_536;

export function recipientsMax(settings: IntakeSettings, role: TransactionContext['role']): number {
  return role === 'submission'
    ? settings.submissionRecipientsMax
    : Math.max(inboundRecipientsMin, settings.inboundRecipientsMax);
}
