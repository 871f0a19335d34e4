import type { RecordType } from '#platform/resolver.ts';

/** As they stand in messages (the registry of RR types, RFC 6895 §3.1). */
export const recordNumbers: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  TLSA: 52,
  CAA: 257,
};
