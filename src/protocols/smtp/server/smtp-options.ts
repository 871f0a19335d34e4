import type { Awaitable } from '#base/result.ts';
import type { Authenticator } from '#identity/authenticator.ts';
import type { Intake } from '#delivery/receive/intake.ts';
import type { Address } from '#mail/address.ts';
import type { Clock } from '#platform/clock.ts';

export type SmtpRole = 'mx' | 'submission' | 'lmtp';

export interface SmtpOptions {
  readonly role: SmtpRole;
  /** Our name in the greeting and in EHLO's answer. */
  readonly hostname: string;
  /** Where `<postmaster>` belongs (RFC 5321 §4.5.1): the server's first domain. */
  readonly postmasterDomain: Address['domain'];
  readonly intake: Intake;
  /** On `submission` only; nobody else may log in (S-01). */
  readonly authenticator: Authenticator | undefined;
  readonly limits: SmtpLimits;
  /** Delays for strangers, on `mx` only (P-32, S-01). */
  readonly tarpit?: SmtpTarpit | undefined;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Who waits, and how long. */
export interface SmtpTarpit {
  /** Before the greeting; 0: a known peer, which does not wait for its mistakes either. */
  greetingMs(client: string): Awaitable<number>;
  /** For the `errors`th mistake. */
  errorMs(errors: number): number;
}

/** Bounds of a session; defaults in `defaultSmtpLimits`. */
export interface SmtpLimits {
  /** What SIZE announces (I-61); the intake enforces it. Read for each EHLO. */
  readonly messageBytesMax: number;
  /** Commands that were wrong before the session ends. */
  readonly wrongCommandsMax: number;
  /** Recipients refused before the session ends: who guesses names is not sending mail. */
  readonly refusedRecipientsMax: number;
  /** Recipients put off (too many, full) before the session ends: more than any message may have. */
  readonly deferredRecipientsMax: number;
  /** Commands that bring no mail forward (NOOP, RSET, VRFY, HELP, EHLO, MAIL, tiny BDAT) between two messages. */
  readonly idleCommandsMax: number;
  readonly failedLoginsMax: number;
}

export const defaultSmtpLimits: SmtpLimits = {
  messageBytesMax: 50 * 1024 * 1024,
  wrongCommandsMax: 10,
  refusedRecipientsMax: 100,
  deferredRecipientsMax: 10_000,
  idleCommandsMax: 200,
  failedLoginsMax: 3,
};
