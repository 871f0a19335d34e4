import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { makeEd25519Key, recordOf } from '../dkim/sign-as.fixture.ts';
import { signaturesOf } from '../message-signatures.fixture.ts';
import type { ArcOutcome } from './arc-outcome.ts';
import { sealAs } from './seal-as.fixture.ts';
import { trustedArcSet } from './trusted-arc-set.ts';

const key = makeEd25519Key();
const zone: ZoneTable = Object.fromEntries(
  ['a', 'b', 'c'].map((name) => [`s._domainkey.${name}.test`, { TXT: [recordOf(key)] }]),
);
const message = 'From: me@a.test\r\nTo: you@b.test\r\nSubject: Hello\r\n\r\nHello\r\n';

/** Sealed by each in turn. */
function chainOf(...domains: readonly string[]): string {
  let text = message;
  for (const [index, domain] of domains.entries()) text = sealAs(text, { key, domain, instance: index + 1 });
  return text;
}

function arcOf(text: string, names: ZoneTable = zone): Promise<ArcOutcome> {
  return signaturesOf(text, { zone: names }).arc();
}

function shown({ result, reason, sets }: ArcOutcome): string {
  const checks = sets.map((set) => `${set.sealer} ${set.seal} ${set.messageSignature}`);
  return [`${result}/${reason}`, ...checks].join(', ');
}

const whole = chainOf('a.test', 'b.test', 'c.test');

test('a chain of three passes; only the last message signature is looked at (I-42)', async () => {
  const outcome = await arcOf(whole);
  assert.equal(
    shown(outcome),
    'pass/verified, a.test pass unchecked, b.test pass unchecked, c.test pass pass',
  );
  assert.deepEqual(
    outcome.sets.map((set) => [set.instance, set.selector, set.chainValue, set.authenticationResults]),
    [
      [1, 's', 'none', 'a.test; none'],
      [2, 's', 'pass', 'b.test; none'],
      [3, 's', 'pass', 'c.test; none'],
    ],
  );
  assert.equal(outcome.asked.length, 3);
});

/** What is done to the chain of three, and what comes of it. */
const changes: readonly (readonly [name: string, expected: string, change: (text: string) => string])[] = [
  [
    'the body changed',
    'fail/message-signature, a.test unchecked unchecked, b.test unchecked unchecked, c.test unchecked fail',
    (text) => `${text}more\r\n`,
  ],
  [
    'the results of the first set changed',
    'fail/seal, a.test unchecked unchecked, b.test unchecked unchecked, c.test fail pass',
    (text) => text.replace('i=1; a.test; none', 'i=1; a.test; dkim=pass'),
  ],
  [
    'a field of a set is missing',
    'fail/structure',
    (text) => text.replace(/^ARC-Authentication-Results: i=2.*\r\n/m, ''),
  ],
  [
    'the first set is missing',
    'fail/structure',
    (text) => text.replaceAll(/^ARC-[\w-]+: (?:a=[^;]*;\r\n )?.*i=1;.*\r\n/gm, ''),
  ],
  ['the last seal is missing', 'fail/structure', (text) => text.replace(/^ARC-Seal: i=3.*\r\n/m, '')],
  ['a set number beyond 50', 'fail/structure', (text) => text.replace('Results: i=3', 'Results: i=51')],
  ['a set number of 0', 'fail/structure', (text) => text.replace('Results: i=3', 'Results: i=0')],
  ['a set number twice', 'fail/structure', (text) => text.replace('Results: i=3', 'Results: i=2')],
  ['a seal with h=', 'fail/syntax', (text) => text.replace('ARC-Seal: i=3;', 'ARC-Seal: i=3; h=from;')],
  ['a seal in SHA-1', 'fail/syntax', (text) => text.replace(/(ARC-Seal: i=3; a=)[^;]*/, '$1rsa-sha1')],
  [
    'only seals',
    'fail/structure',
    () => `ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.test; s=s; b=AAAA\r\n${message}`,
  ],
  [
    'a comment in the results',
    'fail/seal, a.test unchecked unchecked, b.test unchecked unchecked, c.test fail pass',
    (text) => text.replace('i=1; a.test', '(x) i (y) = (z) 1 (w) ; a.test'),
  ],
];

for (const [name, expected, change] of changes) {
  test(`ARC: ${name}: ${expected.split(',')[0] ?? ''} (I-42)`, async () => {
    const changed = change(whole);
    assert.notEqual(changed, whole);
    assert.equal(shown(await arcOf(changed)), expected);
  });
}

test('a field of a set that stands there twice breaks the chain, whichever of the two is right', async () => {
  for (const name of ['ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results']) {
    const field = new RegExp(`^${name}: (?:.*\\r\\n[ \\t])*.*i=3;(?:.*\\r\\n[ \\t])*.*\\r\\n`, 'm').exec(
      whole,
    )?.[0];
    const { reason, detail } = await arcOf((field ?? assert.fail(name)) + whole);
    assert.equal(`${reason}: ${detail}`, 'structure: a set has one of its fields twice');
  }
});

test('cv= must fit its place, and a chain that was found broken stays so', async () => {
  const rows: readonly (readonly [first: string, second: string | undefined, expected: string])[] = [
    ['none', 'pass', 'pass/verified'],
    ['pass', undefined, 'fail/chain-value'],
    ['fail', undefined, 'fail/chain-value'],
    ['none', 'none', 'fail/chain-value'],
    ['none', 'fail', 'fail/chain-value'],
    ['fail', 'pass', 'fail/chain-value'],
    ['none', 'PASS', 'fail/chain-value'],
  ];
  for (const [first, second, expected] of rows) {
    let text = sealAs(message, { key, domain: 'a.test', instance: 1, chainValue: first });
    if (second !== undefined) text = sealAs(text, { key, domain: 'b.test', instance: 2, chainValue: second });
    const { result, reason } = await arcOf(text);
    assert.equal(`${result}/${reason}`, expected, `${first} ${second ?? ''}`);
  }
});

test('a message signature that leaves octets of the body out, or covers seals, does not count', async () => {
  const partly = sealAs(message, { key, domain: 'a.test', instance: 1, signatureTags: { l: '2' } });
  assert.equal((await arcOf(partly)).reason, 'message-signature');
  const seals = sealAs(message, {
    key,
    domain: 'a.test',
    instance: 1,
    signatureTags: { h: 'from:arc-seal' },
  });
  assert.equal((await arcOf(seals)).reason, 'syntax');
});

test('50 sets are read, 51 are not, and keys are asked for once each (S-09)', async () => {
  const sealers = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => ['a.test', 'b.test'][index % 2] ?? '');
  const fifty = await arcOf(chainOf(...sealers(50)));
  assert.equal(`${fifty.result}/${fifty.reason}`, 'pass/verified');
  assert.equal(fifty.asked.length, 2);
  const more = await arcOf(chainOf(...sealers(51)));
  assert.equal(`${more.result}/${more.reason}`, 'fail/too-many-sets');
  assert.equal(more.asked.length, 0);
});

test('a key that cannot be asked for is told as such; the others are asked only when the last signature holds', async () => {
  const silent = await arcOf(whole, { ...zone, 's._domainkey.b.test': 'timeout' });
  assert.equal(
    shown(silent),
    'fail/dns, a.test unchecked unchecked, b.test temperror unchecked, c.test pass pass',
  );
  const gone = await arcOf(whole, { ...zone, 's._domainkey.c.test': 'servfail' });
  assert.equal(shown(gone).split(',')[0], 'fail/dns');
  assert.equal(gone.asked.length, 1);
});

test('a chain whose last signature leaves From out, or one of two, is never believed', async () => {
  const sealer = new Set(['a.test' as Domain]);
  const without = sealAs(message, { key, domain: 'a.test', instance: 1, signatureTags: { h: 'to:subject' } });
  const honest = sealAs(message, { key, domain: 'a.test', instance: 1 });
  const added = honest
    .replace('To: you', 'From: x@bank.test\r\nTo: you')
    .replace('From: me', 'From: x@bank.test\r\nFrom: me');
  const above = honest.replace('From: me', 'From: x@bank.test\r\nFrom: me');
  const flood = Array.from({ length: 60 }, (_, n) => `X-${n}: x\r\n`).join('') + above;
  assert.equal(trustedArcSet(await arcOf(honest), sealer)?.instance, 1);
  for (const text of [without, above, added, flood])
    assert.equal(trustedArcSet(await arcOf(text), sealer), undefined);
  assert.equal((await arcOf(above)).result, 'pass');
});

test('only an unbroken run of named sealers at the end is believed (I-42)', async () => {
  const outcome = await arcOf(whole);
  const trusted = (...names: readonly string[]): number | undefined =>
    trustedArcSet(outcome, new Set(names as readonly Domain[]))?.instance;
  assert.equal(trusted(), undefined);
  assert.equal(trusted('c.test'), 3);
  assert.equal(trusted('b.test', 'c.test'), 2);
  assert.equal(trusted('a.test', 'b.test', 'c.test'), 1);
  // Whoever is not named may have written all that lies behind.
  assert.equal(trusted('a.test', 'b.test'), undefined);
  assert.equal(trusted('a.test', 'c.test'), 3);
  const broken = await arcOf(`${whole}more\r\n`);
  assert.equal(trustedArcSet(broken, new Set(['c.test' as Domain])), undefined);
});
