import type { Domain } from '#mail/domain.ts';
import type { TraceQuestion } from '#trace/record.ts';

/** RFC 8601 §2.7.1, without `none`: that is a message without outcomes. */
export type DkimResult =
  /** Header and whole body are as the domain signed them. */
  | 'pass'
  /** Body or header is not what was signed. */
  | 'fail'
  /** The signature may be right but is none that we count: SHA-1, key length, a part of the body only. */
  | 'policy'
  /** Nothing can be said: an algorithm that we do not know, a failure of a key that is marked as a test. */
  | 'neutral'
  | 'temperror'
  | 'permerror';

/** Why, for tables and counters; `detail` says it in words. */
export type DkimReason =
  | 'verified'
  | 'body-changed'
  | 'header-changed'
  /** The body is shorter than `l=` says. */
  | 'body-too-short'
  /** `l=` leaves octets unsigned (RFC 6376 §8.2). */
  | 'body-partly-signed'
  /** A From field that the signature does not cover (RFC 6376 §8.15). */
  | 'from-added'
  | 'sha1'
  | 'key-too-short'
  | 'key-too-long'
  | 'key-exponent'
  | 'expired'
  | 'syntax'
  | 'field-too-long'
  /** More header fields than are read: one of those that are not could be a From. */
  | 'too-many-fields'
  /** A line in the header that is no field: some programs show what follows as the body. */
  | 'broken-header'
  | 'version'
  | 'algorithm'
  | 'query-method'
  | 'from-unsigned'
  | 'identity'
  | 'key-missing'
  | 'key-revoked'
  /** More than one TXT record (RFC 6376 §3.6.2.2). */
  | 'key-several'
  | 'key-syntax'
  | 'key-record-too-long'
  | 'key-type'
  /** `h=` of the key leaves SHA-256 out. */
  | 'key-hash'
  /** `s=` of the key is not for mail. */
  | 'key-service'
  /** The look-up failed or the budget was used up. */
  | 'dns';

/** What one DKIM-Signature field came to. Texts are bounded and hold no control characters. */
export interface DkimOutcome {
  readonly result: DkimResult;
  readonly reason: DkimReason;
  /** One sentence without a full stop, for the trace and for the comment of Authentication-Results. */
  readonly detail: string;
  /** The place among the message's DKIM-Signature fields, from the top, the first is 0. */
  readonly place: number;
  /** `d=`; missing when it is no domain. */
  readonly domain: Domain | undefined;
  /** `s=`, in lower case. */
  readonly selector: string | undefined;
  /** `a=` as it stands. */
  readonly algorithm: string | undefined;
  /** Of the modulus, or 256 for Ed25519; known only after the key was read. */
  readonly keyBits: number | undefined;
  /** `i=`, decoded, or `@` and the domain. */
  readonly identity: string | undefined;
  /** `t=` and `x=`. */
  readonly signedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Names from `h=` that cover a field of this message, once each; of each list at most `namesToldMax`. */
  readonly signed: readonly string[];
  /** Names of which no field can be added without breaking the signature: `h=` has one more than the message. */
  readonly oversigned: readonly string[];
  /** Names of fields in the message that this signature does not cover, or not all of. */
  readonly unsigned: readonly string[];
  /** `l=`. */
  readonly bodyBytesSigned: number | undefined;
  /** Octets of the body in canonical form; missing when the body was not hashed. */
  readonly bodyBytes: number | undefined;
  /** Whether the header alone verifies: with `body-changed` the sign of a list that adds a footer. */
  readonly headerIntact: boolean | undefined;
  /** `t=y` in the key record: the domain is trying DKIM out (RFC 6376 §3.6.1). */
  readonly testing: boolean;
  /** The first characters of `b=`, for `header.b` (RFC 6008). */
  readonly signatureHead: string;
  /**
   * SHA-256, base64url, of domain, selector and signature octets. Equal for every copy of one signed message however
   * its fields are folded: what is counted to find the replay of one signature to many recipients.
   */
  readonly fingerprint: string | undefined;
}

/** What the DKIM signatures of a message came to. */
export interface DkimReport {
  /** Those that were checked, in the order of the header. */
  readonly outcomes: readonly DkimOutcome[];
  /** DKIM-Signature fields that were left out beyond `dkimSignaturesMax`. */
  readonly unchecked: number;
  /** Look-ups of keys, for the trace. */
  readonly asked: readonly TraceQuestion[];
}
