/** S-09: 8 KiB per command; long enough for any SASL response we take (RFC 2449 §4 asks for 255). */
export const lineBytesMax = 8_192;
/** S-09: before login. */
export const guestTimeoutMs = 60_000;
/** RFC 1939 §3: at least ten minutes. */
export const accountTimeoutMs = 600_000;
/** Then the connection is closed. */
export const failedLoginsMax = 5;
export const mistakesInARowMax = 10;
/** A maildrop shows its oldest messages up to this many; the others come when these are gone. */
export const maildropMessagesMax = 100_000;
