import type { Answer } from 'dns-packet';
import type { RecordType } from '#platform/resolver.ts';

export interface DnsQuery {
  /** 16 bits of chance. */
  readonly id: number;
  /** Canonical. */
  readonly name: string;
  /** As it is written in the question: in cases by chance, or as `name`. */
  readonly spelled: string;
  readonly type: RecordType;
  readonly edns: boolean;
}

/** A reply that belongs to the question that was asked. */
export interface DnsReply {
  readonly rcode: string;
  readonly truncated: boolean;
  /** The AD bit as it came. */
  readonly authenticData: boolean;
  readonly answers: readonly Answer[];
  /** How long an absence may be kept (RFC 2308 §5), in seconds: the first SOA of the authority section. */
  readonly soa: { readonly ttl: number | undefined; readonly minimum: number | undefined } | undefined;
  /** It repeats our question letter by letter. */
  readonly echoes: boolean;
  readonly sizeBytes: number;
}
