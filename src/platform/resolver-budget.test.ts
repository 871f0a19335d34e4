import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import { createFakeClock } from './fake-clock.ts';
import { withBudget } from './resolver-budget.ts';
import type { Resolver } from './resolver.ts';

const answer = ok({ records: [], ttlMs: 0, authenticated: false });
const prompt: Resolver = { ask: () => answer };
const silent: Resolver = { ask: () => new Promise(() => undefined) };

test('a message has 120 questions, and no more (S-09)', () => {
  const bounded = withBudget(prompt, createFakeClock());
  for (let count = 0; count < 120; count += 1) assert.deepEqual(bounded.ask('a.test', 'A'), answer);
  assert.deepEqual(bounded.ask('a.test', 'A'), err('budget'));
});

test('a message has 20 seconds from its first question on, and no more (S-09)', async () => {
  const clock = createFakeClock();
  const bounded = withBudget(prompt, clock);
  await clock.advance(60_000);
  assert.deepEqual(bounded.ask('a.test', 'A'), answer);
  await clock.advance(19_999);
  assert.deepEqual(bounded.ask('a.test', 'A'), answer);
  await clock.advance(1);
  assert.deepEqual(bounded.ask('a.test', 'A'), err('budget'));
});

test('a question under way when the time is over ends then (S-09)', async () => {
  const clock = createFakeClock();
  let ended: unknown;
  void Promise.resolve(withBudget(silent, clock).ask('a.test', 'A')).then((result) => (ended = result));
  await clock.advance(19_999);
  assert.equal(ended, undefined);
  await clock.advance(1);
  assert.deepEqual(ended, err('budget'));
});
