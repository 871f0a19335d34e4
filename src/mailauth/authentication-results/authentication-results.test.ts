import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { foldedValue, splitHeaderText, unfold } from '#mail/header.ts';
import { domain } from '../dmarc/judge-dmarc.fixture.ts';
import { judge } from '../dmarc/judge-dmarc.fixture.ts';
import type { DkimOutcome } from '../dkim/dkim-outcome.ts';
import { propertiesMax, resultsMax } from './authentication-result.ts';
import type { AuthenticationResult } from './authentication-result.ts';
import { formatAuthenticationResults } from './format-authentication-results.ts';
import { parseAuthenticationResults } from './parse-authentication-results.ts';
import { resultsOf } from './results-of.ts';

const us = domain('mx.example.test');

/** What the field says, read back as anybody would. */
function readBack(field: string): readonly AuthenticationResult[] {
  const header = splitHeaderText(`${field}\r\n`);
  assert.equal(header.fields.length, 1, field);
  const [only] = header.fields;
  assert.ok(only !== undefined && only.name === 'authentication-results');
  const read = parseAuthenticationResults(foldedValue(header, only));
  assert.ok(read.ok, field);
  assert.equal(read.value.authservId, us);
  return read.value.results;
}

const signature: DkimOutcome = {
  result: 'pass',
  reason: 'verified',
  detail: 'verified',
  place: 0,
  domain: domain('example.com'),
  selector: 'sel._x',
  algorithm: 'rsa-sha256',
  keyBits: 2048,
  identity: '@example.com',
  signedAtMs: undefined,
  expiresAtMs: undefined,
  signed: ['from'],
  oversigned: [],
  unsigned: [],
  bodyBytesSigned: undefined,
  bodyBytes: 10,
  headerIntact: true,
  testing: false,
  signatureHead: 'dGhl/+Y9',
  fingerprint: undefined,
};

test('the field of a whole message (RFC 8601 §2, I-48)', async () => {
  const { outcome } = await judge(
    { from: 'example.com', dkim: ['example.com'] },
    { 'example.com': 'v=DMARC1; p=reject' },
  );
  const address = parseClientAddress('2001:db8::25');
  assert.ok(address !== undefined);
  const field = formatAuthenticationResults(
    us,
    resultsOf({
      iprev: { result: 'pass', name: 'out.example.com', address },
      spf: [{ result: 'softfail', identity: 'mailfrom', domain: 'bounces.example.com' }],
      dkim: {
        outcomes: [
          signature,
          { ...signature, result: 'fail', detail: 'the body was changed', domain: undefined },
        ],
      },
      arc: { result: 'none', detail: '' },
      dmarc: { ...outcome, from: outcome.authorDomain },
    }),
  );
  assert.equal(
    field,
    [
      'Authentication-Results: mx.example.test;',
      ' iprev=pass reason="out.example.com" policy.iprev="2001:db8::25";',
      ' spf=softfail smtp.mailfrom=bounces.example.com;',
      ' dkim=pass header.d=example.com header.s=sel._x header.a=rsa-sha256',
      ' header.b="dGhl/+Y9";',
      ' dkim=fail reason="the body was changed" header.s=sel._x header.a=rsa-sha256',
      ' header.b="dGhl/+Y9";',
      ' arc=none;',
      ' dmarc=pass policy.dmarc=reject header.from=example.com',
      '',
    ].join('\r\n'),
  );
  assert.equal(readBack(field).length, 6);
});

test('what was not asked is not spoken of, what was asked in vain is', () => {
  assert.equal(
    formatAuthenticationResults(us, resultsOf({})),
    'Authentication-Results: mx.example.test;\r\n none\r\n',
  );
  assert.deepEqual(readBack(formatAuthenticationResults(us, [])), []);
  const found = resultsOf({
    dkim: { outcomes: [] },
    spf: [{ result: 'pass', identity: 'helo', domain: 'mx.example.com' }],
    dmarc: { result: 'none', reason: 'no author domain', policy: undefined, from: undefined },
    auth: { account: 'user@example.test' },
  });
  assert.deepEqual(readBack(formatAuthenticationResults(us, found)), [
    {
      method: 'auth',
      result: 'pass',
      properties: [{ type: 'smtp', name: 'auth', value: 'user@example.test' }],
    },
    { method: 'spf', result: 'pass', properties: [{ type: 'smtp', name: 'helo', value: 'mx.example.com' }] },
    { method: 'dkim', result: 'none', properties: [] },
    { method: 'dmarc', result: 'none', reason: 'no author domain', properties: [] },
  ]);
});

/** What a peer may put into a domain, a selector or a reason to say something in our name (S-05). */
const breakouts: readonly string[] = [
  'x; dmarc=pass header.from=bank.example',
  'x"; dmarc=pass',
  String.raw`x\"; dmarc=pass`,
  'x\\',
  'x (comment',
  'x) dmarc=pass',
  'x\r\nSubject: y',
  'x\r\n\r\nbody',
  'x\rAuthentication-Results: mx.example.test; dmarc=pass',
  'x\n y',
  'x\0y',
  'x\u2028y\u0085z',
  '=?utf-8?Q?x?=',
  'é\u202e',
  '',
  ' ',
  'y'.repeat(5000),
  `${'a '.repeat(400)}b`,
];

for (const text of breakouts) {
  test(`no breaking out of the field: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const field = formatAuthenticationResults(us, [
      {
        method: 'spf',
        result: 'fail',
        reason: text,
        properties: [{ type: 'smtp', name: 'mailfrom', value: text }],
      },
      { method: 'dkim', result: 'none', properties: [] },
    ]);
    assert.match(field, /^[\x20-\x7e\r\n]*$/);
    for (const line of field.split('\r\n')) assert.ok(line.length <= 998 && !/^\s+$/.test(line), line);
    const read = readBack(field);
    assert.deepEqual(
      read.map(({ method, result, properties }) => `${method}=${result} ${properties.length}`),
      ['spf=fail 1', 'dkim=none 0'],
    );
    assert.equal(read[0]?.reason, read[0]?.properties[0]?.value);
  });
}

test('names that are none are our own mistake', () => {
  const bad = { method: 'spf pass', result: 'x', properties: [] };
  assert.throws(() => formatAuthenticationResults(us, [bad]), /not a keyword/);
});

test('results and properties are bounded', () => {
  const result = { method: 'dkim', result: 'pass', properties: [] };
  assert.equal(
    readBack(
      formatAuthenticationResults(
        us,
        Array.from({ length: 100 }, () => result),
      ),
    ).length,
    resultsMax,
  );
  const property = { type: 'header', name: 'd', value: 'x' };
  const many = { ...result, properties: Array.from({ length: 100 }, () => property) };
  assert.equal(readBack(formatAuthenticationResults(us, [many]))[0]?.properties.length, propertiesMax);
});

/** RFC 8601 Appendix B and what others write: `id | method=result type.name=value … | …`, or the problem. */
const readings: readonly (readonly [value: string, read: string])[] = [
  [' example.org 1; none', 'example.org'],
  [
    ' example.com;\r\n spf=pass smtp.mailfrom=example.net',
    'example.com | spf=pass smtp.mailfrom=example.net',
  ],
  [
    ' example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net',
    'example.com | auth=pass smtp.auth=sender@example.net | spf=pass smtp.mailfrom=example.net',
  ],
  [
    " foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
    'foo.example.net | dkim=fail policy.expired=1362471462',
  ],
  [
    ' Example.COM; dkim=pass reason="good; signature" header.i=@mail-router.example.net; dkim=fail',
    'example.com | dkim=pass (good; signature) header.i=@mail-router.example.net | dkim=fail',
  ],
  [' mx.google.com; dkim=pass header.b=abc/+d=;', 'mx.google.com | dkim=pass header.b=abc/+d='],
  [' "mx example"; spf=none', 'mx example | spf=none'],
  [' example.com 2; none', 'version'],
  [' example.com', 'syntax'],
  [' ; spf=pass', 'syntax'],
  ['', 'syntax'],
  [' example.com; spf', 'syntax'],
  [' example.com; spf=pass smtp.mailfrom', 'syntax'],
  [' example.com; spf=pass dmarc=pass', 'syntax'],
  [' example.com; none; spf=pass', 'syntax'],
  [' example.com; spf=pass; none', 'syntax'],
  [' example.com; spf=pass reason="x', 'syntax'],
  [' example.com; spf=pass reason="x\0"', 'syntax'],
  [' example.com spf=pass', 'syntax'],
  [` example.com${'; spf=pass'.repeat(33)}`, 'too-many'],
  [` example.com; spf=pass${' a.b=c'.repeat(17)}`, 'too-many'],
  [` example.com; spf=pass a.b=${'c'.repeat(600)}`, 'too-many'],
];

for (const [value, expected] of readings) {
  test(`Authentication-Results:${unfold(value).slice(0, 80)}`, () => {
    const read = parseAuthenticationResults(value);
    const words = read.ok
      ? [
          read.value.authservId,
          ...read.value.results.map(({ method, result, reason, properties }) =>
            [
              `${method}=${result}`,
              ...(reason === undefined ? [] : [`(${reason})`]),
              ...properties.map((one) => `${one.type}.${one.name}=${one.value}`),
            ].join(' '),
          ),
        ].join(' | ')
      : read.error;
    assert.equal(words, expected);
  });
}
