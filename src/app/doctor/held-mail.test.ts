import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { outboundWorld } from '#protocols/smtp/client/outbound-world.fixture.ts';
import type { DoctorWorld } from './doctor-world.ts';
import { heldMailCheck } from './held-mail.ts';

test('S-04: doctor warns of held mail, how much and since when', async () => {
  const { add, clock, store } = await outboundWorld();
  const { queue } = store;
  const look = async (parts: Pick<DoctorWorld, 'clock' | 'queue'>) => {
    const findings = await heldMailCheck(parts as DoctorWorld).run(new AbortController().signal);
    return findings.map(({ state, what }) => `${state} ${what}`);
  };
  assert.deepEqual(await look({ clock, queue }), ['pass no message is held']);
  for (let n = 0; n < 2; n += 1) {
    assert.ok((await queue.change(await add({}), { action: 'hold', nowMs: clock.now() })).ok);
    await clock.advance(86_400_000);
  }
  await add({});
  assert.deepEqual(await look({ clock, queue }), ['warn 2 messages held, the oldest received 2 days ago']);
  const closed = { clock: createFakeClock(), queue: undefined };
  assert.deepEqual(await look(closed), ['skip the store could not be opened']);
});
