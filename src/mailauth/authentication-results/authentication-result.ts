/** One statement of an Authentication-Results field (RFC 8601 §2.2 `resinfo`). Texts are ASCII or become it. */
export interface AuthenticationResult {
  /** A keyword of the registry: `spf`, `dkim`, `dmarc`, `arc`, `iprev`, `auth`. */
  readonly method: string;
  readonly result: string;
  /** In words, for people; as `reason=`. */
  readonly reason?: string;
  readonly properties: readonly AuthenticationProperty[];
}

/** `type.name=value` (RFC 8601 §2.3). */
export interface AuthenticationProperty {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

/** Results of one field: more than were ever of use, as a bound for reading and for writing. */
export const resultsMax = 32;
/** Properties of one result. */
export const propertiesMax = 16;
/** Of one value; S-05 allows no more. */
export const resultTextBytesMax = 512;
