import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { LoginContext } from './authenticator.ts';
import { unknownStanding } from './known-devices.ts';
import { failuresMaxUnderAttack, loginLimitDefaults, LoginLimits } from './login-limits.ts';

const key = 'user@example.test';

function context(client: string): LoginContext {
  return {
    protocol: 'imap',
    sessionId: 's',
    listener: 'imap',
    client,
    tls: undefined,
    exemptFromRate: false,
  };
}

function guessesBeforeShutOut(limits: LoginLimits, client: string): number {
  for (let guesses = 0; ; guesses += 1) {
    if (limits.admission(context(client), key, unknownStanding).kind === 'refuse') return guesses;
    limits.failed({ context: context(client), key, user: key, standing: unknownStanding, weight: 1 });
  }
}

test('a hundred addresses at one account: the first have their whole credit, the others three guesses (I-80)', () => {
  const limits = new LoginLimits(createFakeClock());
  const guesses = Array.from({ length: 100 }, (_, host) => guessesBeforeShutOut(limits, `10.${host}.0.1`));
  assert.equal(guesses[0], loginLimitDefaults.addressFailuresMax);
  assert.deepEqual(
    guesses.slice(3),
    Array.from({ length: 97 }, () => failuresMaxUnderAttack),
  );
  const slowed = limits.admission(context('192.0.2.1'), key, unknownStanding);
  assert.deepEqual(slowed, { kind: 'look', waitMs: loginLimitDefaults.delayMsMax });
  const own = limits.admission(context('192.0.2.1'), key, { deviceKnown: true, addressKnown: true });
  assert.deepEqual(own, { kind: 'look', waitMs: 0 });
  const another = limits.admission(context('192.0.2.1'), 'else@example.test', unknownStanding);
  assert.deepEqual(another, { kind: 'look', waitMs: 0 });
});

test('a window that is changed counts for the next failure', () => {
  const clock = createFakeClock();
  const settings = { ...loginLimitDefaults, addressFailuresMax: 2 };
  const limits = new LoginLimits(clock, settings);
  const failed = () =>
    limits.failed({ context: context('192.0.2.1'), key, user: key, standing: unknownStanding, weight: 1 });
  assert.equal(failed().overLimit, undefined);
  settings.addressFailuresMax = 3;
  assert.equal(failed().overLimit, undefined);
  assert.equal(failed().overLimit?.failures, 3);
});
