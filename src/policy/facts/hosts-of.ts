import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { DnsFailure, Resolver } from '#platform/resolver.ts';

export type Hosts =
  | { readonly found: 'addresses'; readonly addresses: readonly string[] }
  /** The DNS says that there are none of this type. */
  | { readonly found: 'none'; readonly failure: 'nxdomain' | 'nodata' }
  | { readonly found: 'unanswered'; readonly failure: DnsFailure };

/** The addresses of one type that a name leads to. */
export function hostsOf(resolver: Resolver, name: string, type: 'A' | 'AAAA'): Awaitable<Hosts> {
  return andThen(resolver.ask(name, type), (answer): Hosts => {
    if (answer.ok) {
      const addresses = answer.value.records.flatMap((record) => (record.type === type ? [record.data] : []));
      return { found: 'addresses', addresses };
    }
    const failure = answer.error;
    if (failure === 'nxdomain' || failure === 'nodata') return { found: 'none', failure };
    return { found: 'unanswered', failure };
  });
}
