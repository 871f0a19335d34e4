import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitHeader } from '#mail/header.ts';
import { domain } from '../dmarc/judge-dmarc.fixture.ts';
import { forgedResults, withoutFields } from './remove-forged-results.ts';

const own = {
  authservIds: [domain('mx.example.test'), domain('xn--bcher-kva.example')],
  statusFields: ['x-postern-verdict'],
};

function cleaned(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return withoutFields(bytes, forgedResults(splitHeader(bytes), own)).toString('latin1');
}

/** Fields that claim to be ours: none of them may reach a mailbox (I-48, RFC 8601 §5). */
const forged: readonly string[] = [
  'Authentication-Results: mx.example.test; dmarc=pass header.from=bank.example',
  'AUTHENTICATION-RESULTS: MX.Example.TEST; dmarc=pass',
  'authentication-results : mx.example.test; none',
  'Authentication-Results:mx.example.test;dmarc=pass',
  'Authentication-Results: mx.example.test 1; dmarc=pass',
  'Authentication-Results: mx.example.test/1; dmarc=pass',
  'Authentication-Results: mx.example.test(hello)1; dmarc=pass',
  'Authentication-Results: (a comment; with a semicolon) mx.example.test; dmarc=pass',
  'Authentication-Results: (nested (deeply) here) (again) mx.example.test; dmarc=pass',
  'Authentication-Results: (open mx.example.test; dmarc=pass',
  'Authentication-Results: "mx.example.test"; dmarc=pass',
  String.raw`Authentication-Results: "mx.example.test\" ; dmarc=pass`,
  'Authentication-Results: mx.example.test.; dmarc=pass',
  'Authentication-Results:\r\n mx.example.test;\r\n\tdmarc=pass',
  'Authentication-Results: (x)\r\n\t(y)\r\n mx.example.test\r\n ; dmarc=pass',
  'Authentication-Results: =?utf-8?Q?mx.example.test?=; dmarc=pass',
  'Authentication-Results: =?utf-8?B?bXguZXhhbXBsZS50ZXN0?=; dmarc=pass',
  'Authentication-Results: \uff4dx.example.test; dmarc=pass',
  'Authentication-Results: mx.exa\u00admple.test; dmarc=pass',
  'Authentication-Results: b\u00fccher.example; dmarc=pass',
  'Authentication-Results: xn--bcher-kva.example; dmarc=pass',
  'Authentication-Results: mx.example.test\0; dmarc=pass',
  'Authentication-Results: mx.example.test dmarc=pass',
  'Authentication-Results: other.example mx.example.test; dmarc=pass',
  'Authentication-Results: ; dmarc=pass',
  'Authentication-Results:',
  'Authentication-Results: (nobody); dmarc=pass',
  'X-Postern-Verdict: clean',
  'x-postern-verdict : clean',
];

/** Foreign fields, and what only looks like one: not ours to touch. */
const kept: readonly string[] = [
  'Authentication-Results: mx.other.example; dmarc=pass',
  'Authentication-Results: evil.mx.example.test.other.example; dmarc=pass',
  'Authentication-Results: amx.example.test; dmarc=pass',
  'Authentication-Results: mx.other.example; spf=pass smtp.helo=mx.example.test',
  'Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com',
  'ARC-Authentication-Results: i=1; mx.example.test; dmarc=pass',
  'X-Authentication-Results: mx.example.test; dmarc=pass',
  'Received-SPF: pass (mx.example.test) client-ip=192.0.2.1',
  'Subject: Authentication-Results: mx.example.test; dmarc=pass',
  'Subject: x\r\n Authentication-Results: mx.example.test; dmarc=pass',
];

const before = 'Received: from x\r\n\tby y\r\nX-Odd :\t value\xff\r\nno field\r\n';
const after = 'From: a@example.com\nTo: b\r\n\r\nAuthentication-Results: mx.example.test; in the body\r\n';

/** UTF-8 as it comes in a header, byte by byte. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

for (const field of forged) {
  test(`removed: ${JSON.stringify(field)}`, () => {
    assert.equal(cleaned(`${before}${utf8(field)}\r\n${after}`), before + after);
  });
}

for (const field of kept) {
  test(`kept: ${JSON.stringify(field)}`, () => {
    const header = `${before}${utf8(field)}\r\n${after}`;
    assert.equal(cleaned(header), header);
  });
}

test('several are removed at once, the rest keeps every byte and its order', () => {
  const mine = 'Authentication-Results: mx.example.test; none\r\n';
  const other = 'Authentication-Results: mx.other.example; none\r\n';
  assert.equal(cleaned(`${mine}${before}${mine}${other}${mine}${after}`), `${before}${other}${after}`);
  assert.equal(cleaned(mine), '');
  assert.equal(cleaned(mine.trimEnd()), '');
});

test('a header without forged fields is not even copied', () => {
  const header = Buffer.from(before + after, 'latin1');
  assert.equal(withoutFields(header, forgedResults(splitHeader(header), own)), header);
});
