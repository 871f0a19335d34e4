import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { ownSpfRecord, reviewOwnSpf } from './own-record.ts';
import type { OwnSpfReview } from './own-record.ts';

const own = ['192.0.2.1', '2001:db8::1'].map((text) => parseClientAddress(text) ?? assert.fail(text));

function review(spf: readonly string[], more: ZoneTable = {}): Promise<OwnSpfReview> {
  const zone = {
    'a.example': { TXT: ['site-verification=1', ...spf], MX: ['10 mx.a.example'] },
    'mx.a.example': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
    ...more,
  };
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock(), receiver: 'mx.a.example' };
  return reviewOwnSpf('a.example' as Domain, own, world);
}

const include = (count: number): string =>
  Array.from({ length: count }, (_, at) => `include:s${at}.example`).join(' ');
const services = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => [`s${at}.example`, { TXT: ['v=spf1 ip4:198.51.100.1 ~all'] }]),
);

const cases: readonly (readonly [record: readonly string[], findings: readonly string[]])[] = [
  [['v=spf1 mx -all'], []],
  [[ownSpfRecord(own)], []],
  [[], ['broken a.example: no SPF record']],
  [['v=spf1 mx -all', 'v=spf1 -all'], ['broken a.example: 2 SPF records']],
  [['v=spf1 mx -al'], ['broken a.example: no known mechanism']],
  [['v=spf1 ip4:192.0.2.1 -all'], ['broken mail from our address 2001:db8::1 is not let through (fail)']],
  [['v=spf1 mx +all'], ['broken everybody may send for the domain']],
  [['v=spf1 mx'], ['weak the record does not end in -all or ~all, so it says nothing of strangers']],
  [[`v=spf1 mx ${include(7)} -all`], ['weak 8 of 10 terms with look-ups are used']],
  [[`v=spf1 mx ${include(10)} -all`], ['broken a.example: more than 10 terms with look-ups']],
  [['v=spf1 mx a:gone.example -all'], ['weak 1 terms ask for names without addresses']],
];

test('our own records are judged as others judge them (I-34)', async () => {
  for (const [record, findings] of cases) {
    const judged = await review(record, services);
    assert.deepEqual(
      judged.findings.map(({ weight, detail }) => `${weight} ${detail}`),
      findings,
      record.join(),
    );
  }
  const judged = await review([ownSpfRecord(own)]);
  assert.deepEqual(judged, {
    record: 'v=spf1 mx ip4:192.0.2.1 ip6:2001:db8::1 -all',
    lookupTerms: 1,
    addresses: own.map((address) => ({ address, result: 'pass' })),
    findings: [],
  });
});

test('a term that asks for reverse names is told', async () => {
  const reverse = { '1.0.18.198.in-addr.arpa': { PTR: ['x.example'] }, 'x.example': { A: ['198.18.0.1'] } };
  const judged = await review(['v=spf1 mx ptr -all'], reverse);
  assert.deepEqual(
    judged.findings.map(({ detail }) => detail),
    ['"ptr" is not to be used (RFC 7208 §5.5)'],
  );
});
