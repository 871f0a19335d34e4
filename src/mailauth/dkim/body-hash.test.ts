import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { BodyHash } from './body-hash.ts';
import type { Canonicalization } from './canonical-header.ts';
import { createCanonicalBody } from './canonical-body.ts';

function canonicalOf(form: Canonicalization, body: string, chunkBytes = body.length + 1): string {
  const pieces: Buffer[] = [];
  const canonical = createCanonicalBody(form, (bytes) => pieces.push(Buffer.from(bytes)));
  const bytes = Buffer.from(body, 'latin1');
  for (let at = 0; at < bytes.length; at += chunkBytes) canonical.update(bytes.subarray(at, at + chunkBytes));
  canonical.end();
  return Buffer.concat(pieces).toString('latin1');
}

/** RFC 6376 §3.4.3 and §3.4.4, with the example of §3.4.5. */
const bodies: readonly (readonly [body: string, simple: string, relaxed: string])[] = [
  ['', '\r\n', ''],
  ['\r\n', '\r\n', ''],
  ['\r\n\r\n\r\n', '\r\n', ''],
  [' \r\n', ' \r\n', ''],
  [' ', ' \r\n', ''],
  ['a', 'a\r\n', 'a\r\n'],
  ['a\r\n', 'a\r\n', 'a\r\n'],
  ['a\r\n\r\n', 'a\r\n', 'a\r\n'],
  ['a\r\n \t\r\n', 'a\r\n \t\r\n', 'a\r\n'],
  ['\r\n\r\na', '\r\n\r\na\r\n', '\r\n\r\na\r\n'],
  [' C \r\nD \t E\r\n\r\n\r\n', ' C \r\nD \t E\r\n', ' C\r\nD E\r\n'],
  ['a \r\n \r\n\tb', 'a \r\n \r\n\tb\r\n', 'a\r\n\r\n b\r\n'],
  // What is no line break is an octet like any other.
  ['a\rb\nc\r', 'a\rb\nc\r\r\n', 'a\rb\nc\r\r\n'],
  ['a \r', 'a \r\r\n', 'a \r\r\n'],
  ['\r\r\n', '\r\r\n', '\r\r\n'],
  ['a\n\n', 'a\n\n\r\n', 'a\n\n\r\n'],
  ['\0\u00e9  \u00e9', '\0\u00e9  \u00e9\r\n', '\0\u00e9 \u00e9\r\n'],
];

for (const [body, simple, relaxed] of bodies) {
  test(`canonical forms of ${JSON.stringify(body)}, in any chunking`, () => {
    for (const chunkBytes of [1, 2, 3, 1000]) {
      assert.equal(canonicalOf('simple', body, chunkBytes), simple);
      assert.equal(canonicalOf('relaxed', body, chunkBytes), relaxed);
    }
  });
}

test('many empty lines before the last word', () => {
  const body = `${'\r\n'.repeat(2000)}a`;
  assert.equal(canonicalOf('relaxed', body, 1999), `${body}\r\n`);
  assert.equal(canonicalOf('simple', body, 1999), `${body}\r\n`);
});

test('each length asked for has the hash of so many octets; one beyond the end has none', () => {
  const body = 'one two\r\nthree\r\n';
  const lengths = [0, 1, 8, 9, 15, 16, 17, 2 ** 60, 8];
  for (const chunkBytes of [1, 5, 100]) {
    const hash = new BodyHash('relaxed', lengths);
    for (let at = 0; at < body.length; at += chunkBytes)
      hash.update(Buffer.from(body.slice(at, at + chunkBytes)));
    const ended = hash.end();
    assert.equal(ended.sizeBytes, 16);
    for (const length of lengths) {
      const expected =
        length > 16 ? undefined : createHash('sha256').update(body.slice(0, length)).digest('hex');
      assert.equal(ended.digestOf(length)?.toString('hex'), expected, String(length));
    }
    assert.equal(ended.digest.toString('hex'), createHash('sha256').update(body).digest('hex'));
  }
});

test('what comes after the end is a mistake of ours', () => {
  const hash = new BodyHash('simple');
  hash.end();
  assert.throws(() => hash.update(Buffer.from('x')), /has ended/);
});
