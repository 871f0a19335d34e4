/** Terms that need look-ups, over includes and redirects together (RFC 7208 §4.6.4); so deep recursion ends too. */
export const lookupTermsMax = 10;
/** Terms whose look-up finds nothing (RFC 7208 §4.6.4). */
export const voidLookupsMax = 2;
/** Names of one `mx` whose addresses are asked for; more is `permerror` (RFC 7208 §4.6.4). */
export const exchangersMax = 10;
/**
 * Questions of one evaluation (S-09, decision SPF-1). The limits above allow 123, more than the budget of a whole
 * message: a record written to eat it up must not leave the other checks without answers.
 */
export const questionsMax = 40;
/**
 * Clearly less than the four seconds that the envelope of a message has for its look-ups (S-09, P-28), so that what is
 * judged by SPF has time left to ask. RFC 7208 §4.6.4 would allow 20 (SHOULD): whoever takes longer is `temperror` here
 * too, which refuses nobody (decision SPF-1).
 */
export const evaluationMs = 3_500;
/** One record or explanation, in octets; RFC 7208 §3.4 recommends 450 (decision SPF-2). */
export const recordBytesMax = 8_192;
/** A sender of RFC 5321 §4.5.3.1 has at most 254 octets; what is longer is nobody's name. */
export const senderCharsMax = 320;
/** Of the domain's own words in a refusal (I-37): with ours they fit into one reply line of RFC 5321 §4.5.3.1.5. */
export const explanationBytesMax = 256;
/** Terms, names and records in the evidence are cut to so many octets. */
export const evidenceTextBytesMax = 256;
