import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { DnsFailure, Resolver } from '#platform/resolver.ts';
import type { DkimIdentifier, DmarcOutcome, SpfIdentifier } from './dmarc-outcome.ts';
import { judgeDmarc } from './judge-dmarc.ts';

/** DMARC records by the domain that publishes them, several as an array, or the failure of the question. */
export type Published = Readonly<Record<string, string | readonly string[]>>;

const failures: ReadonlySet<string> = new Set(['nxdomain', 'nodata', 'servfail', 'timeout', 'budget']);

export function zoneOf(published: Published): ZoneTable {
  return Object.fromEntries(
    Object.entries(published).map(([domain, value]) => {
      const texts = typeof value === 'string' ? [value] : value;
      const [only = ''] = texts;
      return [`_dmarc.${domain}`, failures.has(only) ? (only as DnsFailure) : { TXT: texts }];
    }),
  );
}

export function domain(text: string): Domain {
  const parsed = parseDomain(text, { allowUnicode: true });
  if (!parsed.ok) throw new Error(`not a domain: ${text}`);
  return parsed.value;
}

export interface Letter {
  readonly from: string;
  /** Domain that SPF passed for, or domain and result. */
  readonly spf?: string | SpfIdentifier;
  /** Domains of passing signatures, or whole identifiers. */
  readonly dkim?: readonly (string | DkimIdentifier)[];
}

export interface Judged {
  readonly outcome: DmarcOutcome;
  /** Questions, as `name type`. */
  readonly asked: readonly string[];
}

/** Judges a letter in a world where these records are published, and where nothing else exists but `more`. */
export async function judge(letter: Letter, published: Published, more: ZoneTable = {}): Promise<Judged> {
  const resolver = createFakeResolver({ ...zoneOf(published), ...more });
  return { outcome: await judgeWith(letter, resolver), asked: resolver.asked };
}

export async function judgeWith(letter: Letter, resolver: Resolver): Promise<DmarcOutcome> {
  const { spf, dkim = [] } = letter;
  const signatures = dkim.map((one) =>
    typeof one === 'string' ? ({ result: 'pass', domain: one, selector: 's' } as const) : one,
  );
  return await judgeDmarc(
    {
      authorDomain: domain(letter.from),
      spf: typeof spf === 'string' ? { result: 'pass', domain: spf } : spf,
      dkim: signatures,
    },
    { resolver, clock: createFakeClock() },
  );
}
