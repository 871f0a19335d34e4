import type { ErrorBudgetRules } from '#protocols/error-budget.ts';

/** S-09: 8 KiB per command; long enough for any SASL response we take (RFC 2449 §4 asks for 255). */
export const lineBytesMax = 8_192;
/** S-09: before login. */
export const guestTimeoutMs = 60_000;
/** RFC 1939 §3: at least ten minutes. */
export const accountTimeoutMs = 600_000;
/** Then the connection is closed. */
export const failedLoginsMax = 5;
/** Errors before login: nothing is forgiven to who is nobody yet. */
export const errorsBeforeLogin: ErrorBudgetRules = { pointsMax: 10, failurePoints: 1, forgivenPoints: 0 };
/** After login: programs that ask for messages which are gone. */
export const errorsAfterLogin: ErrorBudgetRules = { pointsMax: 20, failurePoints: 0.05, forgivenPoints: 1 };
/** A maildrop shows its oldest messages up to this many; the others come when these are gone. */
export const maildropMessagesMax = 100_000;
