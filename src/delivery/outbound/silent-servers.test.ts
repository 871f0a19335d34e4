import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { SilentServers, silenceMsMax, silenceMsMin } from './silent-servers.ts';

test('a server that did not answer is left alone for a minute, then for longer each time, up to a bound', async () => {
  const clock = createFakeClock();
  const silent = new SilentServers(clock);
  assert.equal(silent.reason('5.6.7.1'), undefined);
  let lastMs = 0;
  for (const times of [0, 1, 2, 3, 4, 5]) {
    const silenceMs = Math.min(silenceMsMax, silenceMsMin * 2 ** times);
    silent.failed('5.6.7.1', 'connection refused');
    await clock.advance(silenceMs - 1);
    // Who set out before and failed just now changes nothing.
    silent.failed('5.6.7.1', 'no connection in time');
    assert.match(
      silent.reason('5.6.7.1') ?? '',
      /^not tried: no answer \d+ s ago \(connection refused\); again in 1 s/,
    );
    assert.equal(silent.reason('5.6.7.2'), undefined);
    await clock.advance(1);
    assert.equal(silent.reason('5.6.7.1'), undefined);
    lastMs = silenceMs;
  }
  assert.equal(lastMs, silenceMsMax);
});

test('an answer ends it, and so does a person; what was long ago does not count', async () => {
  const clock = createFakeClock();
  const silent = new SilentServers(clock);
  for (const end of [() => silent.answered('5.6.7.1'), () => silent.forget()]) {
    silent.failed('5.6.7.1', 'x');
    end();
    assert.equal(silent.reason('5.6.7.1'), undefined);
  }
  silent.failed('5.6.7.1', 'x');
  await clock.advance(2 * 3_600_000);
  silent.failed('5.6.7.1', 'x');
  await clock.advance(silenceMsMin);
  assert.equal(silent.reason('5.6.7.1'), undefined);
});

test('S-09: a thousand addresses are remembered, the oldest go first', () => {
  const silent = new SilentServers(createFakeClock());
  for (let at = 0; at <= 1_000; at += 1) silent.failed(`2a00::${at}`, 'x');
  assert.equal(silent.reason('2a00::0'), undefined);
  assert.ok(silent.reason('2a00::1') !== undefined && silent.reason('2a00::1000') !== undefined);
});

test('S-12: a jump of the wall clock is nothing to it', () => {
  const clock = createFakeClock();
  const silent = new SilentServers(clock);
  silent.failed('5.6.7.1', 'x');
  clock.jump(365 * 86_400_000);
  assert.ok(silent.reason('5.6.7.1') !== undefined);
});
