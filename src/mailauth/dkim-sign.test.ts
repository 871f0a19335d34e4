import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { Domain } from '#mail/domain.ts';
import { dkimRecord, makeDkimKeys } from './dkim-keys.ts';
import { readPrivateKey } from './dkim-private-key.ts';
import { signDkim } from './dkim-sign.ts';
import type { SigningKey } from './dkim-sign.ts';
import { BodyHash } from './dkim/body-hash.ts';
import { relaxedField } from './relaxed-field.ts';

const numRuns = Math.min(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000), 150);
const nowMs = Date.now();
const keys: readonly SigningKey[] = (await makeDkimKeys(nowMs)).map((key) => ({
  key,
  sign: readPrivateKey(key),
}));

function hashOf(body: Uint8Array, pieceSize = body.length + 1): string {
  const hash = new BodyHash('relaxed');
  for (let at = 0; at < body.length; at += pieceSize) hash.update(body.subarray(at, at + pieceSize));
  return hash.end().digest.toString('base64');
}

async function signed(header: string, body: string, used = keys): Promise<Buffer> {
  const bytes = Buffer.from(header, 'latin1');
  const bodyBytes = Buffer.from(body, 'latin1');
  const fields = await signDkim({
    domain: 'a.test' as Domain,
    keys: used,
    header: bytes,
    bodyHash: hashOf(bodyBytes, 7),
    nowMs,
  });
  return Buffer.concat([Buffer.from(fields), bytes, Buffer.from('\r\n'), bodyBytes]);
}

async function verdicts(message: Uint8Array): Promise<readonly string[]> {
  const resolver = async (name: string): Promise<string[][]> => {
    const key = keys.find((one) => name === `${one.key.selector}._domainkey.a.test`);
    if (key === undefined) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    return [[key.key.record]];
  };
  const { results } = await dkimVerify(Buffer.from(message), { resolver, curTime: new Date(nowMs + 1000) });
  return results.map((one) => one.status.result);
}

const header =
  'Received: from x by y; z\r\nFrom: Me <me@a.test>\r\nTo: you@b.test\r\nSubject: a\r\n  folded\t one \r\n' +
  'Date: Sat, 21 Nov 2026 18:23:39 +0000\r\nMessage-ID: <1@a.test>\r\n';

test('both signatures verify with another implementation', async () => {
  assert.deepEqual(await verdicts(await signed(header, 'Hello \t you \r\n\r\n\r\n')), ['pass', 'pass']);
  assert.deepEqual(await verdicts(await signed(header, '')), ['pass', 'pass']);
});

test('no line of the fields is longer than 78, and there is no l=', async () => {
  const fields = (await signed(header, 'x\r\n')).toString('latin1').split('Received:')[0] ?? '';
  for (const line of fields.split('\r\n')) assert.ok(line.length <= 78, line);
  assert.ok(!/\bl=/.test(fields.replaceAll(/\bb(?:h)?=[^;]*/g, '')));
});

test('a changed body, a changed field and an added field are found', async () => {
  const message = (await signed(header, 'Hello\r\n')).toString('latin1');
  const changes = [
    message.replace('Hello', 'Hullo'),
    message.replace('Subject: a', 'Subject: b'),
    message.replace('From: Me', 'From: Ceo <ceo@a.test>\r\nFrom: Me'),
    message.replace('Received:', 'Subject: first\r\nReceived:'),
    message.replace('Received:', 'Cc: more@b.test\r\nReceived:'),
    message.replace('Received:', 'Content-Type: text/html\r\nReceived:'),
    `${message}more\r\n`,
  ];
  for (const changed of changes) {
    const results = await verdicts(Buffer.from(changed, 'latin1'));
    assert.ok(results.length > 0 && results.every((one) => one !== 'pass'), changed.slice(0, 80));
  }
  const onTheWay = message.replace('Received:', 'Received: from c\r\nReceived:');
  assert.deepEqual(await verdicts(Buffer.from(onTheWay, 'latin1')), ['pass', 'pass']);
});

test('any header and body verify (I-40)', async () => {
  const text = fc.array(fc.constantFrom('a', ' ', '\t', '.', '\r\n', '\r\n ', 'Z', '\u00e9', ';', ':'), {
    maxLength: 12,
  });
  const value = text.map((parts) => parts.join('').replaceAll(/\r\n(?![ \t])/g, ''));
  const body = fc.array(fc.constantFrom('a', ' ', '\t', '\r\n', '.', '\u00e9', '\r\n\r\n', 'b c'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(value, body, async (subject, parts) => {
      const own = `From: me@a.test\r\nSubject: x${subject}\r\nX-Other: ${subject}y\r\n`;
      const lines = parts.join('');
      const ended = lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
      assert.deepEqual(await verdicts(await signed(own, ended, keys.slice(1))), ['pass']);
    }),
    { numRuns },
  );
});

test('the body hash is the same in any chunking', () => {
  const body = fc.array(fc.constantFrom('a', ' ', '\t', '\r\n', '\r', '\n', 'bc'), { maxLength: 40 });
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const bytes = Buffer.from(parts.join(''));
      assert.equal(hashOf(bytes, size), hashOf(bytes));
    }),
  );
});

test('relaxed forms of RFC 6376 §3.4.5', () => {
  assert.equal(relaxedField('A: X\r\n'), 'a:X');
  assert.equal(relaxedField('B : Y\t\r\n\tZ  \r\n'), 'b:Y Z');
  // " C \r\nD \t E\r\n\r\n\r\n" becomes " C\r\nD E\r\n".
  const expected = hashOf(Buffer.from(' C\r\nD E\r\n'));
  assert.equal(hashOf(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n')), expected);
  // The hash of an empty body (§3.4.4).
  assert.equal(hashOf(Buffer.alloc(0)), '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
});

test('the example of RFC 8463 appendix A: its body hash and its Ed25519 record', () => {
  const body = 'Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n';
  assert.equal(hashOf(Buffer.from(body)), '2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
  const { publicKey } = generateKeyPairSync('ed25519');
  assert.match(
    dkimRecord('ed25519-sha256', publicKey),
    /^v=DKIM1; k=ed25519; h=sha256; s=email; p=[A-Za-z0-9+/]{43}=$/,
  );
});
