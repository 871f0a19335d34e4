import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideDisposition } from './dmarc-disposition.ts';
import type { DispositionFacts } from './dmarc-disposition.ts';
import { judge } from './judge-dmarc.fixture.ts';
import type { Letter, Published } from './judge-dmarc.fixture.ts';

const nothing: DispositionFacts = { furtherFindings: [], indirectSigns: [], localOverride: undefined };
const further: DispositionFacts = { ...nothing, furtherFindings: ['spf-fail'] };
const list = { kind: 'mailing-list', who: 'lists.example.org' } as const;
const forwarder = { kind: 'named-forwarder', who: 'forward.example' } as const;
const sealer = { kind: 'named-arc-sealer', who: 'sealer.example' } as const;
const exception = { type: 'trusted_forwarder', reason: 'our printer' } as const;

/** I-45, each branch: what is published, what else is known, what is done, and the reason for reports. */
const cases: readonly (readonly [
  of: string,
  record: string,
  facts: DispositionFacts,
  disposition: string,
  overrides: readonly string[],
])[] = [
  ['p=none asks for nothing', 'p=none', further, 'none', []],
  ['p=quarantine is Junk', 'p=quarantine', nothing, 'quarantine', []],
  ['p=quarantine never refuses', 'p=quarantine', further, 'quarantine', []],
  ['p=reject alone is Junk (RFC 9989 §7.4)', 'p=reject', nothing, 'quarantine', ['local_policy']],
  ['p=reject with a further finding refuses', 'p=reject', further, 'reject', []],
  [
    'a mailing list is Junk',
    'p=reject',
    { ...further, indirectSigns: [list] },
    'quarantine',
    ['mailing_list'],
  ],
  [
    'a forwarder is Junk',
    'p=reject',
    { ...further, indirectSigns: [forwarder] },
    'quarantine',
    ['trusted_forwarder'],
  ],
  [
    'a named sealer is Junk',
    'p=reject',
    { ...further, indirectSigns: [sealer] },
    'quarantine',
    ['local_policy'],
  ],
  [
    'an exception lifts it',
    'p=reject',
    { ...further, localOverride: exception },
    'none',
    ['trusted_forwarder'],
  ],
  [
    'an exception lifts Junk',
    'p=quarantine',
    { ...further, localOverride: exception },
    'none',
    ['trusted_forwarder'],
  ],
  ['t=y lowers refusal to Junk', 'p=reject; t=y', further, 'quarantine', ['policy_test_mode']],
  ['t=y lowers Junk to nothing', 'p=quarantine; t=y', further, 'none', ['policy_test_mode']],
  ['t=y of nothing is nothing', 'p=none; t=y', further, 'none', []],
  [
    't=y and an exception are both told',
    'p=reject; t=y',
    { ...further, localOverride: exception },
    'none',
    ['policy_test_mode', 'trusted_forwarder'],
  ],
];

for (const [of, record, facts, disposition, overrides] of cases) {
  test(`DMARC failed: ${of}`, async () => {
    const { outcome } = await judge({ from: 'example.com' }, { 'example.com': `v=DMARC1; ${record}` });
    const decided = decideDisposition(outcome, facts);
    assert.equal(decided.disposition, disposition);
    assert.deepEqual(
      decided.overrides.map(({ type }) => type),
      overrides,
    );
    assert.notEqual(decided.why, '');
    // What our users and administrators arranged is not told to the domain's owner.
    assert.doesNotMatch(JSON.stringify(decided.overrides), /printer|forward\.example|lists\.example/);
  });
}

/** RFC 9989 §5.3.6, §5.4: nothing is done to what passed, to what DMARC does not apply to, or to what is unknown. */
const untouched: readonly (readonly [of: string, Letter, Published])[] = [
  ['pass', { from: 'example.com', spf: 'example.com' }, { 'example.com': 'v=DMARC1; p=reject' }],
  ['none', { from: 'example.com' }, {}],
  ['permerror', { from: 'example.com' }, { 'example.com': 'v=DMARC1; p=all' }],
  ['temperror', { from: 'example.com' }, { 'example.com': 'servfail' }],
  [
    'temperror',
    { from: 'example.com', spf: { result: 'temperror', domain: 'example.com' } },
    { 'example.com': 'v=DMARC1; p=reject' },
  ],
];

for (const [result, letter, published] of untouched) {
  test(`DMARC ${result} changes nothing, whatever else is found`, async () => {
    const { outcome } = await judge(letter, published);
    assert.equal(outcome.result, result);
    assert.deepEqual(decideDisposition(outcome, further), {
      disposition: 'none',
      overrides: [],
      why: outcome.reason,
    });
  });
}
