import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { judgeWith, zoneOf } from './judge-dmarc.fixture.ts';
import { randomTree } from './random-tree.fixture.ts';
import { readDmarcRecord } from './dmarc-record.ts';
import type { DmarcOutcome } from './dmarc-outcome.ts';

/** Each run judges twice, once in an implementation that is not made for speed. */
const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

const codes: Readonly<Record<string, string>> = { nxdomain: 'ENOTFOUND', nodata: 'ENODATA' };

/** The same names for the other: a failure is thrown with the codes of `node:dns`. */
function theirResolver(zone: ZoneTable) {
  const resolver = createFakeResolver(zone);
  return async (name: string, type: string): Promise<string[][]> => {
    const answer = await resolver.ask(name, type === 'TXT' ? 'TXT' : type === 'CNAME' ? 'CNAME' : 'A');
    if (!answer.ok)
      throw Object.assign(new Error(answer.error), { code: codes[answer.error] ?? 'ESERVFAIL' });
    return answer.value.records.map((record) => ('data' in record ? [String(record.data)] : []));
  };
}

const tag = fc.constantFrom(
  'sp=quarantine',
  'sp=none',
  'sp=reject',
  'sp=x',
  'np=quarantine',
  'np=reject',
  'np=none',
  't=y',
  't=n',
  'psd=y',
  'psd=n',
  'psd=u',
  'adkim=s',
  'aspf=s',
  'adkim=strict',
  'rua=mailto:a@a.com',
  'rua=mailto:a@a.com!10m',
  'rua=nobody',
  'pct=0',
  'fo=1',
  'x=y',
  'rubbish',
  ' ',
);
const versions = ['v=DMARC1;', 'v=DMARC1;', 'v=DMARC1 ; ', 'V = DMARC1;', 'v=dmarc1;', 'v=DMARC1', 'v=spf1 '];
const policies = ['p=none', 'p=quarantine', 'p=reject', 'p=Reject', 'p=reject', 'p=bad', 'p='];
const record = fc
  .tuple(
    fc.constantFrom(...versions),
    fc.constantFrom(...policies),
    fc.uniqueArray(tag, { maxLength: 6, selector: (text) => text.split('=')[0] }),
  )
  .map(([version, policy, tags]) => version + [policy, ...tags].join(';'));
const published = fc.oneof(
  { weight: 30, arbitrary: record },
  { weight: 2, arbitrary: fc.tuple(record, record) },
  { weight: 1, arbitrary: fc.constantFrom('servfail', 'nodata') },
);

function words({ result, policy }: DmarcOutcome): string {
  // DM-2: without a readable policy DMARC is not applied; we say that the record is at fault.
  if (result === 'permerror') return 'none';
  return result === 'fail' ? `fail ${policy?.domain} ${policy?.wanted}` : result;
}

test('DMARC judged beside mailauth: the same result, policy domain and policy', async () => {
  await fc.assert(
    fc.asyncProperty(randomTree(published), fc.boolean(), async ({ from, spf, dkim, published }, exists) => {
      const zone: ZoneTable = {
        ...zoneOf(published),
        ...(exists ? { [from]: { MX: ['10 mx.a.com'] } } : {}),
      };
      const mine = await judgeWith({ from, spf, dkim: [dkim] }, createFakeResolver(zone));
      const theirs = await dmarc({
        headerFrom: [`x@${from}`],
        spfDomains: [{ domain: spf }],
        dkimDomains: [{ domain: dkim }],
        resolver: theirResolver(zone),
        strict: true,
      } as unknown as Parameters<typeof dmarc>[0]);
      assert.ok(theirs !== false);
      const { status, policyDomain, policy } = theirs as typeof theirs & { readonly policyDomain?: string };
      const said = status.result === 'fail' ? `fail ${policyDomain} ${policy}` : status.result;
      assert.equal(words(mine), said, mine.reason);
    }),
    runs,
  );
});

test('a repeated tag: the first counts, where mailauth throws the record away (DM-3)', () => {
  assert.equal(readDmarcRecord('v=DMARC1; p=reject; p=none')?.p, 'reject');
});
