import type { Awaitable, Result } from '#base/result.ts';

export type RecordType =
  | 'A'
  | 'AAAA'
  | 'MX'
  | 'TXT'
  | 'PTR'
  | 'CNAME'
  | 'TLSA'
  | 'NS'
  | 'SOA'
  | 'SRV'
  | 'CAA';

/** One record of an answer; `data` by type: text for A, AAAA, PTR, CNAME, NS. */
export type DnsRecord =
  | { readonly type: 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'NS'; readonly name: string; readonly data: string }
  | { readonly type: 'MX'; readonly name: string; readonly preference: number; readonly exchange: string }
  /** The character strings of one TXT record joined, as bytes in latin1. */
  | { readonly type: 'TXT'; readonly name: string; readonly data: string }
  | {
      readonly type: 'TLSA';
      readonly name: string;
      readonly usage: number;
      readonly selector: number;
      readonly matching: number;
      readonly data: Uint8Array;
    }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'SOA' | 'CAA'; readonly name: string; readonly data: unknown };

export interface DnsAnswer {
  /** Only records of the type asked for, after CNAMEs were followed. */
  readonly records: readonly DnsRecord[];
  readonly ttlMs: number;
  /** The AD bit, believed only from a resolver that may be trusted with it (S-09). */
  readonly authenticated: boolean;
}

/** A DNS failure is a value too; checks judge it. */
export type DnsFailure = 'nxdomain' | 'nodata' | 'servfail' | 'timeout' | 'budget';

export interface ResolverBudget {
  readonly queriesMax: number;
  /** From the first question on. */
  readonly totalMs: number;
}

export interface Resolver {
  /** What it remembers comes at once, without a promise. */
  ask(name: string, type: RecordType, signal?: AbortSignal): Awaitable<Result<DnsAnswer, DnsFailure>>;
  /** Another resolver within the limits of this one, where it has any: its questions count and are written down here. */
  through?(other: Resolver): Resolver;
  /** Itself under a budget, where it keeps one timer for all (`withBudget`). */
  within?(budget: ResolverBudget): Resolver;
  /** It writes down each question with its answer (N-3): whoever asks through it need not. */
  readonly writesDown?: boolean;
}
