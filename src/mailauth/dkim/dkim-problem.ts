import type { DkimReason, DkimResult } from './dkim-outcome.ts';

/** Why a signature or a key does not count. Thrown inside a reader, a value outside of it. */
export class DkimProblem extends Error {
  readonly reason: DkimReason;

  /** @param detail a sentence of ours, without words from the message */
  constructor(reason: DkimReason, detail: string) {
    super(detail);
    this.name = 'DkimProblem';
    this.reason = reason;
  }
}

/** RFC 8601 §2.7.1 for each reason. What RFC 6376 §6.1 calls PERMFAIL before any hashing is `permerror`. */
export const resultOf: Readonly<Record<DkimReason, DkimResult>> = {
  verified: 'pass',
  'body-changed': 'fail',
  'header-changed': 'fail',
  'body-too-short': 'fail',
  'body-partly-signed': 'policy',
  'from-added': 'policy',
  sha1: 'policy',
  'key-too-short': 'policy',
  'key-too-long': 'policy',
  'key-exponent': 'policy',
  expired: 'policy',
  syntax: 'permerror',
  'field-too-long': 'permerror',
  'too-many-fields': 'permerror',
  'broken-header': 'policy',
  version: 'permerror',
  algorithm: 'neutral',
  'query-method': 'neutral',
  'from-unsigned': 'permerror',
  identity: 'permerror',
  'key-missing': 'permerror',
  'key-revoked': 'permerror',
  'key-several': 'permerror',
  'key-syntax': 'permerror',
  'key-record-too-long': 'permerror',
  'key-type': 'permerror',
  'key-hash': 'permerror',
  'key-service': 'permerror',
  dns: 'temperror',
};
