import type { ResolverBudget } from '#platform/resolver.ts';

/** S-09: signatures checked per message, those of the author's domain first. RFC 6376 §6.1 leaves the number open. */
export const dkimSignaturesMax = 8;
/** DKIM-Signature fields that are looked at to choose those; what comes below is left out. */
export const dkimFieldsReadMax = 64;
/** One DKIM-Signature or ARC field, folding included; honest ones stay below 3 KiB. */
export const signatureFieldCharsMax = 16 * 1024;
/** Names in `h=`; honest lists have about 50. */
export const signedNamesMax = 1_000;
/** One key record. RSA of 4,096 bits takes 740 characters; RFC 6376 §3.6.2 names no end. */
export const keyRecordCharsMax = 4 * 1024;
/** RFC 8301 §3.2: shorter keys must not count; longer ones need not, and each costs us time that others choose. */
export const rsaBitsMin = 1_024;
export const rsaBitsMax = 4_096;
/** Four octets; 3 and 65,537 are in use. Verifying costs by the length of the exponent, which the peer chooses. */
export const rsaExponentMax = 0xffff_ffffn;
/** RFC 8617 §4.2.1: a chain has at most 50 sets. */
export const arcSetsMax = 50;
/**
 * Clearly less than the five seconds that a message has for its look-ups (S-09, P-28): what is judged by the signatures
 * has time left to ask.
 */
const keyTimeMs = 3_500;
/** A key for each signature. */
export const dkimLookUpBudget: ResolverBudget = { queriesMax: dkimSignaturesMax, totalMs: keyTimeMs };
/** A key for each seal and one for the last message signature. */
export const arcLookUpBudget: ResolverBudget = { queriesMax: arcSetsMax + 1, totalMs: keyTimeMs };
/** Verifications on other threads at once: they share those with the hashing of passwords, and never hold them long. */
export const verifiedAsideMax = 16;
/** RSA up to this is verified in 40 µs, by the thread that asks. */
export const rsaBitsCheap = 2_048;
/** How long one may take there, in milliseconds, before it is made where it was asked for; a hundred times the usual. */
export const asideMs = 250;
/** Public keys remembered by a process; about 3 KiB each. */
export const publicKeysKeptMax = 1_000;
/** Of a record that is remembered: RSA of 4,096 bits and what stands beside it. */
export const keyRecordKeptCharsMax = 1_024;
/** Of each list of field names in an outcome, and of each name. */
export const namesToldMax = 50;
export const nameToldCharsMax = 76;
/** Of a text from the message in an outcome: room for an address and more. */
export const claimBytesMax = 320;
/** Of what a sealer says that it saw. */
export const authenticationResultsBytesMax = 4 * 1024;
