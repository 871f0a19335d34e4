import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { isUsableDmarc } from '#mailauth/dmarc/own-dmarc.ts';
import type { DnsRecord, Resolver } from '#platform/resolver.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import type { ExpectedRecord } from './expected-records.ts';
import { expectedRecords } from './expected-records.ts';
import { recordLines } from './record-lines.ts';

const lookUpMsMax = 5000;

type RecordState = 'published' | 'differs' | 'missing' | 'unknown';

export const domainDns = operation({
  name: 'domain dns',
  looksOnly: true,
  meaning: 'The DNS records that a domain needs, and which of them are published.',
  input: { domain: required(domain, { meaning: 'The domain.' }) },
  async run(world, input) {
    const found = await world.store.domains.get(input.domain);
    if (!found.ok) return failed(found.error, { where: input.domain, missing: 'domain-not-found' });
    const expected = expectedRecords(found.value, world);
    const items = await Promise.all(expected.map((row) => compare(world.resolver, row)));
    return ok({ domain: input.domain, items, next: null });
  },
  render: (output) => [
    `Records for the zone of ${output.domain}:`,
    ...output.items.flatMap((row) => [
      '',
      ...recordLines(row, `${marks[row.state]} `, row.state === 'differs' ? row.found : []),
    ]),
  ],
});

const marks: Readonly<Record<RecordState, string>> = {
  published: '[published]',
  differs: '[differs]',
  missing: '[missing]',
  unknown: '[could not be looked up]',
};

async function compare(
  resolver: Resolver,
  row: ExpectedRecord,
): Promise<ExpectedRecord & { readonly state: RecordState; readonly found: readonly string[] }> {
  const answer = await resolver.ask(row.name, row.type, AbortSignal.timeout(lookUpMsMax));
  if (!answer.ok) {
    const nothing = answer.error === 'nxdomain' || answer.error === 'nodata';
    return { ...row, state: nothing ? 'missing' : 'unknown', found: [] };
  }
  const found = answer.value.records.map(spellRecord).filter((text) => sameSort(row, text));
  if (found.length === 0) return { ...row, state: 'missing', found };
  return { ...row, state: found.some((text) => fits(row, text)) ? 'published' : 'differs', found };
}

/** What a domain asks others by DMARC is its own to say; `domain dmarc` judges it. */
function fits(row: ExpectedRecord, text: string): boolean {
  return row.name.startsWith('_dmarc.') ? isUsableDmarc(text) : normal(text) === normal(row.value);
}

/** Other TXT records at the same name (site verification and the like) do not matter. */
function sameSort(row: ExpectedRecord, text: string): boolean {
  if (row.type === 'MX') return true;
  const version = /^v=[a-z0-9]+/i.exec(row.value)?.[0].toLowerCase();
  return version === undefined || text.toLowerCase().startsWith(version);
}

function spellRecord(record: DnsRecord): string {
  if (record.type === 'MX') return `${record.preference} ${record.exchange}`;
  return record.type === 'TXT' ? record.data : '';
}

function normal(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ').replace(/\.$/, '').trim();
}
