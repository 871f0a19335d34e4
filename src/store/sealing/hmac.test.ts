import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { hmacSha256 } from './hmac.ts';

it('is the HMAC-SHA-256 of the platform, for keys up to a block', () => {
  for (const keyBytes of [0, 1, 20, 32, 63, 64]) {
    for (const messageBytes of [0, 1, 32, 55, 56, 64, 300]) {
      const [key, message] = [randomBytes(keyBytes), randomBytes(messageBytes)];
      assert.deepEqual(hmacSha256(key)(message), createHmac('sha256', key).update(message).digest());
    }
  }
});

it('takes text as UTF-8, and one message says nothing of the one before', () => {
  const key = randomBytes(32);
  const hmac = hmacSha256(key);
  for (const text of ['x'.repeat(400), 'ü€😀', '', 'ab', '€'.repeat(64), '€'.repeat(65), 'a'])
    assert.deepEqual(hmac(text), createHmac('sha256', key).update(text).digest());
});

it('takes no key that HMAC would have to hash first', () => {
  assert.throws(() => hmacSha256(randomBytes(65)));
});
