import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isSpfRecord, parseSpfRecord } from './parse-spf-record.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

test('a record is one by its version alone (RFC 7208 §4.5)', () => {
  for (const text of ['v=spf1', 'V=SPF1 -all', 'v=spf1 nonsense']) assert.ok(isSpfRecord(text), text);
  for (const text of ['v=spf10', ' v=spf1', 'v=spf1\t-all', 'v=spf2.0/pra', 'x v=spf1', 'v=spf1\n', '']) {
    assert.ok(!isSpfRecord(text), text);
  }
});

const good = [
  '',
  '   -all  ',
  'all',
  '?ALL',
  'a',
  'A/24',
  'a//64',
  'a/24//64',
  'a:%{d}/0//0',
  'mx:mail.example.com/32//128',
  'mx:%{d}',
  'ptr',
  'ptr:example.com.',
  'exists:%{l1r+-}._spf.%{d}',
  'exists:a/24.example.com',
  'include:a-b.c-1',
  'include:%%',
  'ip4:0.0.0.0/0',
  'ip4:192.0.2.1',
  'ip6:::/0',
  'ip6:::ffff:192.0.2.1/128',
  'redirect=example.com exp=%{d}',
  'unknown=',
  'unknown= unknown=x/:y',
  'a=b',
  'x.y-z_1=%{c}',
];

const bad: readonly (readonly [terms: string, wrong: string])[] = [
  ['-', '-'],
  ['--all', '--all'],
  ['all:x', 'all:x'],
  ['all/8', 'all/8'],
  ['all.', 'all.'],
  ['nothing', 'nothing'],
  ['a:', 'a:'],
  ['a:/24', 'a:/24'],
  ['a:example.com:8080', 'a:example.com:8080'],
  ['a:example', 'a:example'],
  ['a:192.0.2.1', 'a:192.0.2.1'],
  ['a:example.com/', 'a:example.com/'],
  ['a/33', 'a/33'],
  ['a/024', 'a/024'],
  ['a//129', 'a//129'],
  ['a/24/64', 'a/24/64'],
  ['a///64', 'a///64'],
  ['aexample.com', 'aexample.com'],
  ['include', 'include'],
  ['include:', 'include:'],
  ['include:example.com/24', 'include:example.com/24'],
  ['exists:%{c}.example.com', 'exists:%{c}.example.com'],
  ['exists:%{d0}', 'exists:%{d0}'],
  ['exists:x%y.example.com', 'exists:x%y.example.com'],
  ['ptr/24', 'ptr/24'],
  ['ip4:192.0.2', 'ip4:192.0.2'],
  ['ip4:192.0.2.01', 'ip4:192.0.2.01'],
  ['ip4:192.0.2.1/33', 'ip4:192.0.2.1/33'],
  ['ip4:192.0.2.1//32', 'ip4:192.0.2.1//32'],
  ['ip4:%{i}', 'ip4:%{i}'],
  ['ip6:192.0.2.1', 'ip6:192.0.2.1'],
  ['ip6:::1%eth0', 'ip6:::1%eth0'],
  ['ip6:::1/129', 'ip6:::1/129'],
  ['redirect=', 'redirect='],
  ['redirect=a.example redirect=b.example', 'redirect=b.example'],
  ['exp=a.example REDIRECT=b.example EXP=c.example', 'EXP=c.example'],
  ['1x=y', '1x=y'],
  ['x=%', 'x=%'],
  ['-all\tx', '-all\tx'],
  ['a:b.example\u00e9', 'a:b.example\u00e9'],
];

test('the whole grammar of terms (RFC 7208 §12)', () => {
  for (const terms of good) assert.ok(parseSpfRecord(`v=spf1 ${terms}`).ok, terms);
  for (const [terms, wrong] of bad) {
    const read = parseSpfRecord(`v=spf1 a ${terms} -all`);
    assert.equal(read.ok ? undefined : read.error.term, wrong, terms);
  }
});

test('what is read is what is written', () => {
  const read = parseSpfRecord('v=spf1 ~a/24 mx:%{d2r-} -ip6:2001:db8::/32 redirect=b.example');
  assert.ok(read.ok);
  const [a, mx, ip6] = read.value.directives;
  assert.deepEqual(a, {
    qualifier: 'softfail',
    mechanism: { kind: 'a', domainSpec: undefined, cidr: { ipv4Bits: 24, ipv6Bits: 128 } },
    term: '~a/24',
  });
  assert.deepEqual(mx?.mechanism, {
    kind: 'mx',
    domainSpec: [{ letter: 'd', partsKept: 2, reversed: true, delimiters: '-', escaped: false }],
    cidr: { ipv4Bits: 32, ipv6Bits: 128 },
  });
  assert.equal(ip6?.qualifier, 'fail');
  assert.deepEqual(read.value.redirect, { domainSpec: ['b.example'], term: 'redirect=b.example' });
});

test('no text makes the reader throw, and a wrong term is one of the text', () => {
  const term = fc.oneof(
    fc.constantFrom(...good, ...bad.map(([terms]) => terms)),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...'amxip46:/%{}.=-~?+ld0'.split('')), maxLength: 15 }),
  );
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
      const text = `v=spf1 ${terms.join(' ')}`;
      const read = parseSpfRecord(text);
      if (!read.ok) assert.ok(text.includes(read.error.term));
    }),
    { numRuns },
  );
});

test('the time to read grows with the length, not with its square', () => {
  for (const piece of ['a/1', '/', '1', '%{d', 'ip6:', ':', 'a-', 'x=']) {
    const startMs = performance.now();
    parseSpfRecord(`v=spf1 a:${piece.repeat(60_000)}`);
    parseSpfRecord(`v=spf1 ${`${piece} `.repeat(60_000)}`);
    assert.ok(performance.now() - startMs < 1_500, piece);
  }
});
