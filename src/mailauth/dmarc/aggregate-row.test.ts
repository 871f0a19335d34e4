import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { aggregateRow, aggregateRowKey, reportedSignaturesMax } from './aggregate-row.ts';
import type { AggregateRow } from './aggregate-row.ts';
import { decideDisposition } from './dmarc-disposition.ts';
import { judge } from './judge-dmarc.fixture.ts';
import type { Letter, Published } from './judge-dmarc.fixture.ts';

const client = parseClientAddress('192.0.2.1');
const rua = 'rua=mailto:reports@example.com';

async function rowOf(
  letter: Letter,
  published: Published,
  envelopeFrom = '',
): Promise<AggregateRow | undefined> {
  assert.ok(client !== undefined);
  const { outcome } = await judge(letter, published);
  const decided = decideDisposition(outcome, {
    furtherFindings: [],
    indirectSigns: [],
    localOverride: undefined,
  });
  return aggregateRow({ outcome, decided, client, envelopeFrom });
}

test('a row holds what RFC 9990 §3.1.1 asks for (I-47)', async () => {
  const published = { 'example.com': `v=DMARC1; p=reject; sp=quarantine; adkim=s; fo=1; t=y; ${rua}` };
  const letter: Letter = {
    from: 'news.example.com',
    spf: { result: 'softfail', domain: 'bounces.example.com' },
    dkim: ['esp.example.net', 'example.com'],
  };
  assert.deepEqual(await rowOf(letter, published, 'bounces.example.com'), {
    v: 1,
    published: {
      domain: 'example.com',
      discoveryMethod: 'treewalk',
      p: 'reject',
      sp: 'quarantine',
      np: undefined,
      adkim: 's',
      aspf: 'r',
      fo: '1',
      testing: 'y',
      rua: ['mailto:reports@example.com'],
    },
    sourceAddress: '192.0.2.1',
    disposition: 'none',
    dkimAligned: false,
    spfAligned: false,
    overrides: [{ type: 'policy_test_mode', comment: 't=y lowers quarantine to none' }],
    headerFrom: 'news.example.com',
    envelopeFrom: 'bounces.example.com',
    dkim: [
      { domain: 'esp.example.net', selector: 's', result: 'pass' },
      { domain: 'example.com', selector: 's', result: 'pass' },
    ],
    spf: { domain: 'bounces.example.com', result: 'softfail' },
  });
});

test('the disposition of what passed tells whether the policy asks for something (RFC 9990 §3.1.1.9)', async () => {
  const letter = { from: 'example.com', spf: 'example.com', dkim: ['example.com'] };
  for (const [p, disposition] of [
    ['none', 'none'],
    ['reject', 'pass'],
  ]) {
    const row = await rowOf(letter, { 'example.com': `v=DMARC1; p=${p}; ${rua}` });
    assert.deepEqual([row?.disposition, row?.dkimAligned, row?.spfAligned], [disposition, true, true]);
  }
});

test('a deviation from the published policy has its reason', async () => {
  const row = await rowOf({ from: 'example.com' }, { 'example.com': `v=DMARC1; p=reject; ${rua}` });
  assert.deepEqual([row?.disposition, row?.overrides[0]?.type], ['quarantine', 'local_policy']);
});

test('there is no row where nobody asks for reports or nothing was found out', async () => {
  assert.equal(await rowOf({ from: 'example.com' }, { 'example.com': 'v=DMARC1; p=reject' }), undefined);
  assert.equal(await rowOf({ from: 'example.com' }, {}), undefined);
  assert.equal(await rowOf({ from: 'example.com' }, { 'example.com': 'timeout' }), undefined);
  const open = { from: 'example.com', spf: { result: 'temperror', domain: 'example.com' } as const };
  assert.equal(await rowOf(open, { 'example.com': `v=DMARC1; p=reject; ${rua}` }), undefined);
});

test('signatures that tell most come first, and few of them (RFC 9990 §3.1.3)', async () => {
  const failed = Array.from({ length: 12 }, (_, i) => ({
    result: 'fail' as const,
    domain: `d${i}.example`,
    selector: 's',
  }));
  const dkim = [...failed, 'stranger.example', 'mail.example.com', 'example.com'];
  const row = await rowOf({ from: 'example.com', dkim }, { 'example.com': `v=DMARC1; p=none; ${rua}` });
  assert.equal(row?.dkim.length, reportedSignaturesMax);
  assert.deepEqual(
    row.dkim.slice(0, 4).map(({ domain }) => domain),
    ['example.com', 'mail.example.com', 'stranger.example', 'd0.example'],
  );
});

test('foreign names are cleaned, and equal messages have equal keys', async () => {
  const published = { 'example.com': `v=DMARC1; p=none; ${rua}` };
  const letter = { from: 'example.com', spf: { result: 'none', domain: 'a\r\nb' } as const };
  const row = await rowOf(letter, published, 'x\u001b[2J');
  assert.ok(row !== undefined);
  assert.doesNotMatch(JSON.stringify(row), /\\r|\\n|\\u001b/);
  const again = await rowOf(letter, published, 'x\u001b[2J');
  assert.ok(again !== undefined);
  assert.equal(aggregateRowKey(row), aggregateRowKey(again));
  assert.notEqual(aggregateRowKey(row), aggregateRowKey({ ...row, envelopeFrom: '' }));
});
