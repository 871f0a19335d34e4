import type { ErrorBudgetRules } from '#protocols/error-budget.ts';

/** Bounds of an IMAP session; rows of the requirement table in brackets. */

/** A command before login, all its lines together (S-09). RFC 7162 §4 asks for 8,192 octets. */
export const commandBytesMaxBeforeLogin = 8_192;
/** All literals of a command before login (S-09): a name and a password. */
export const literalBytesMaxBeforeLogin = 4_096;
/** A command after login: long sets and lists of fields come in one line. */
export const commandBytesMax = 65_536;
/** All literals of a command after login but the message of an APPEND, which is streamed. */
export const literalBytesMax = 65_536;
/** Literals in one command. */
export const literalsMax = 1_024;
/** Nested SEARCH keys (S-09). */
export const searchDepthMax = 50;
/** Search keys in one command. */
export const searchKeysMax = 2_000;
/** Ranges of a sequence set as written; they are merged afterwards. */
export const sequenceRangesMax = 10_000;
/** Data items of one FETCH. */
export const fetchItemsMax = 256;
/** Patterns of one LIST. */
export const listPatternsMax = 32;
/** All patterns of one LIST with their reference, in characters; a name has at most 1,000. */
export const listPatternCharactersMax = 2_048;
/** Flags of one STORE or APPEND. */
export const flagsMax = 64;
/** A keyword, as `atom` (RFC 9051 §9 flag-keyword). */
export const keywordCharactersMax = 100;

/** Errors before login: nothing is forgiven to who is nobody yet. */
export const errorsBeforeLogin: ErrorBudgetRules = { pointsMax: 5, failurePoints: 0.5, forgivenPoints: 0 };
/**
 * After login: a client in a loop. Programs ask for folders that are not there, a thousand in a row, and each command that
 * works makes up for twenty of those.
 */
export const errorsAfterLogin: ErrorBudgetRules = { pointsMax: 50, failurePoints: 0.05, forgivenPoints: 1 };
/** Failed logins of one connection. */
export const failedLoginsMax = 3;

/** S-09: a connection that does not log in goes away. */
export const timeoutMsBeforeLogin = 60_000;
/** RFC 9051 §5.4: at least 30 minutes. */
export const timeoutMsAfterLogin = 31 * 60_000;
/** RFC 9051 §6.3.13: clients send DONE at least every 29 minutes. */
export const idleTimeoutMs = 30 * 60_000;
/** Between two pieces of a literal. */
export const literalTimeoutMs = 5 * 60_000;

/** Output is handed on in pieces of about this size, and nothing more is made before they are taken (S-09). */
export const outputChunkBytes = 65_536;
/** Messages per read of the store (`Messages.read`). */
export const readPageMessages = 256;
/** Messages per change of flags: each is one durable transaction. */
export const storePageMessages = 1_000;
