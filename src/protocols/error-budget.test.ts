import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorBudget } from './error-budget.ts';
import { errorsAfterLogin as imapAfter, errorsBeforeLogin as imapBefore } from './imap/limits.ts';
import { errorsAfterLogin as popAfter, errorsBeforeLogin as popBefore } from './pop3/limits.ts';

/** How many errors in a row end the connection. */
function lastOf(rules: typeof imapBefore, kind: 'mistake' | 'failure'): number {
  const budget = new ErrorBudget(rules, { delays: false });
  for (let count = 1; count < 100_000; count += 1) if (budget[kind]().isLast) return count;
  return assert.fail('it never ends');
}

test('each budget ends with its last error and not before (S-09)', () => {
  const table = [
    [imapBefore, 5, 10],
    [imapAfter, 50, 1000],
    [popBefore, 10, 10],
    [popAfter, 20, 400],
  ] as const;
  for (const [rules, mistakes, failures] of table) {
    assert.equal(lastOf(rules, 'mistake'), mistakes);
    // Points are sums of fractions.
    assert.ok(Math.abs(lastOf(rules, 'failure') - failures) <= 1);
  }
});

test('answers come later and later from half of the budget on, up to a bound', () => {
  const budget = new ErrorBudget(imapBefore, { delays: true });
  const delays = Array.from({ length: 5 }, () => budget.mistake().delayMs);
  assert.deepEqual(delays, [0, 0, 250, 500, 1000]);
  const long = new ErrorBudget(imapAfter, { delays: true });
  const all = Array.from({ length: 49 }, () => long.mistake().delayMs);
  assert.equal(Math.max(...all.slice(0, 24)), 0);
  assert.equal(all.at(-1), 5000);
  assert.equal(new ErrorBudget(imapBefore, { delays: false }).mistake().delayMs, 0);
});

test('what works makes up for what fails after login, and for nothing before', () => {
  const account = new ErrorBudget(imapAfter, { delays: true });
  for (let round = 0; round < 1000; round += 1) {
    for (let count = 0; count < 20; count += 1)
      assert.deepEqual(account.failure(), { delayMs: 0, isLast: false });
    account.success();
  }
  const guest = new ErrorBudget(imapBefore, { delays: false });
  for (let count = 0; count < 4; count += 1) {
    assert.equal(guest.mistake().isLast, false);
    guest.success();
  }
  assert.equal(guest.mistake().isLast, true);
  assert.equal(guest.errors, 5);
  guest.begin(imapAfter);
  assert.equal(guest.mistake().isLast, false);
});
