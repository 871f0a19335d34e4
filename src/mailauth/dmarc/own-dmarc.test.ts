import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { ownDmarcRecord, reviewOwnDmarc } from './own-dmarc.ts';

const rua = 'rua=mailto:dmarc-reports@a.example';
const looking =
  'weak others let forgeries in (none): once the reports are clean, raise it to p=quarantine, then p=reject';

const cases: readonly (readonly [
  zone: ZoneTable,
  policy: string | undefined,
  findings: readonly string[],
])[] = [
  [record(`v=DMARC1; p=reject; ${rua}`), 'reject', []],
  [record(`v=DMARC1; p=quarantine; ${rua}`), 'quarantine', []],
  [record(ownDmarcRecord('a.example' as Domain)), 'none', [looking]],
  [{}, undefined, ['broken no record is published']],
  [
    record('v=DMARC1; p=reject', 'v=DMARC1; p=none'),
    undefined,
    ['broken 2 records, of which others use none'],
  ],
  [record('v=dmarc1; p=reject'), undefined, ['broken the record does not begin with "v=DMARC1"']],
  [
    record('v=DMARC1; p=refuse'),
    undefined,
    ['broken the record has no "p", or a policy that is none of none, quarantine, reject'],
  ],
  [
    record(`v=DMARC1; p=quarantine; t=y; ${rua}`),
    'none',
    ['weak "t=y" lowers the policy by one level', looking],
  ],
  [
    record(`v=DMARC1; p=reject; sp=none; ${rua}`),
    'reject',
    ['weak names below it are less protected (sp=none)'],
  ],
  [
    record(`v=DMARC1; p=reject; np=none; ${rua}`),
    'reject',
    ['weak names that do not exist are less protected (np=none)'],
  ],
  [
    record('v=DMARC1; p=reject; rua=mailto:x@reports.example'),
    'reject',
    [
      'weak reports.example does not say that it takes the reports: it has to publish a.example._report._dmarc.reports.example TXT "v=DMARC1"',
    ],
  ],
  [
    {
      ...record('v=DMARC1; p=reject; rua=mailto:x@reports.example'),
      'a.example._report._dmarc.reports.example': { TXT: ['v=DMARC1'] },
    },
    'reject',
    [],
  ],
  [{ '_dmarc.a.example': 'servfail' }, undefined, ['broken _dmarc.a.example could not be looked up']],
];

function record(...texts: readonly string[]): ZoneTable {
  return { '_dmarc.a.example': { TXT: ['site-verification=1', ...texts] } };
}

test('P-21: our own records are judged as others judge them', async () => {
  for (const [zone, policy, findings] of cases) {
    const world = { resolver: createFakeResolver(zone), clock: createFakeClock() };
    const judged = await reviewOwnDmarc('a.example' as Domain, world);
    const told = judged.findings.map(({ weight, detail }) => `${weight} ${detail}`);
    assert.deepEqual([judged.policy?.wanted, told], [policy, findings], JSON.stringify(zone));
  }
});

test('P-21: a domain below another learns whose record holds for it', async () => {
  const zone = record(`v=DMARC1; p=reject; sp=quarantine; ${rua}`);
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock() };
  const judged = await reviewOwnDmarc('mail.a.example' as Domain, world);
  assert.deepEqual(judged.policy, { domain: 'a.example', wanted: 'quarantine' });
  assert.deepEqual(
    judged.findings.map(({ detail }) => detail),
    ['only the record of a.example holds for it', 'names below it are less protected (sp=quarantine)'],
  );
});
