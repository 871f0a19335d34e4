import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeRandom } from '#platform/fake-random.ts';
import { expiryMs, retryDelayMs, retryDelayMsMax, retryDelaysMs } from './back-off.ts';

test('each delay lies within a quarter of its row, and the last row holds for all further attempts', () => {
  const random = createFakeRandom(1);
  for (let attempt = 1; attempt <= 40; attempt += 1) {
    const row = retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1] ?? 0;
    for (let i = 0; i < 50; i += 1) {
      const delay = retryDelayMs(attempt, random);
      assert.ok(delay >= row * 0.75 && delay <= row * 1.25, `${attempt}: ${delay}`);
      assert.ok(delay <= retryDelayMsMax);
    }
  }
});

test('a message is tried at least thirty times before it expires', () => {
  let total = 0;
  let attempts = 1;
  while (total < expiryMs) {
    total += retryDelaysMs[Math.min(attempts, retryDelaysMs.length) - 1] ?? 0;
    attempts += 1;
  }
  assert.ok(attempts >= 30, String(attempts));
});
