import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedSenderKind } from './named-sender.ts';

test('P-18: an entry names a domain, a proof and a reason', () => {
  for (const [text, written] of [
    ['example.org mailer.example our  newsletter', 'example.org mailer.example our newsletter'],
    ['Example.ORG 203.0.113.7', 'example.org 203.0.113.7/32'],
    ['example.org 2001:db8::/32', 'example.org 2001:db8::/32'],
    ['b\u00fccher.example mailer.example', 'xn--bcher-kva.example mailer.example'],
  ] as const) {
    const read = namedSenderKind.read(text);
    assert.ok(read.ok, text);
    assert.equal(namedSenderKind.write(read.value), written);
    const again = namedSenderKind.read(written);
    assert.ok(again.ok);
    assert.deepEqual(again.value, read.value);
  }
});

test('what names nobody in particular is no entry', () => {
  for (const text of [
    '',
    'example.org',
    'example.org example',
    'example.org *',
    '203.0.113.7 example.org',
    7,
    null,
  ])
    assert.ok(!namedSenderKind.read(text).ok, String(text));
});
