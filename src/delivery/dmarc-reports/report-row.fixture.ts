import assert from 'node:assert/strict';
import { parseClientAddress } from '#base/client-address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { AggregateRow } from '#mailauth/dmarc/aggregate-row.ts';

export function domainOf(text: string): Domain {
  const domain = parseDomain(text);
  assert.ok(domain.ok, text);
  return domain.value;
}

export interface RowWish extends Partial<Omit<AggregateRow, 'published' | 'sourceAddress' | 'v'>> {
  readonly rua?: readonly string[];
  readonly client?: string;
}

/** A row about a domain that has its reports sent to itself. */
export function rowAbout(domain: string, wish: RowWish = {}): AggregateRow {
  const { rua = [`mailto:reports@${domain}`], client = '192.0.2.1', ...rest } = wish;
  const sourceAddress = parseClientAddress(client);
  assert.ok(sourceAddress !== undefined);
  return {
    v: 1,
    published: {
      domain: domainOf(domain),
      discoveryMethod: 'treewalk',
      p: 'reject',
      sp: 'quarantine',
      np: undefined,
      adkim: 'r',
      aspf: 's',
      fo: '0',
      testing: 'n',
      rua,
    },
    sourceAddress,
    disposition: 'quarantine',
    dkimAligned: false,
    spfAligned: false,
    overrides: [{ type: 'mailing_list', comment: 'the message came by a mailing list' }],
    headerFrom: domainOf(domain),
    envelopeFrom: domain,
    dkim: [{ domain, selector: 's1', result: 'fail' }],
    spf: { domain, result: 'softfail' },
    ...rest,
  };
}
