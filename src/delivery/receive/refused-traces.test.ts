import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, begin, context, intakeWorld, mailFrom } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';
import { refusedTracesMax } from './refused-traces.ts';

/** Is refused at RCPT, then gives up; the id that its reply names. */
async function refusedAt(world: IntakeWorld, client: string): Promise<string> {
  const transaction = await begin(world, { ...context('mx'), client }, mailFrom('x@example.org'));
  const answer = await transaction.recipient(address('nobody@example.test'));
  assert.ok(!answer.ok);
  await transaction.abandon('reset');
  return / \[T:([0-9A-Z]{26})\]$/.exec(answer.reply.text)?.[1] ?? '';
}

async function kept(world: IntakeWorld): Promise<number> {
  const page = await world.store.traces.list({}, undefined, 256);
  assert.ok(page.ok);
  return page.value.items.length;
}

test('S-09: of one network’s refused attempts so many a minute have their own trace; every reply names one', async () => {
  const world = await intakeWorld();
  const ids = new Set<string>();
  for (let n = 0; n < refusedTracesMax + 5; n += 1) {
    const id = await refusedAt(world, `203.0.113.${n}`);
    const trace = await world.store.traces.get(id);
    assert.ok(trace.ok, id);
    ids.add(id);
  }
  assert.equal(ids.size, refusedTracesMax);
  assert.equal(await kept(world), refusedTracesMax);
  assert.equal(world.events.filter(({ name }) => name === 'recipient-refused').length, refusedTracesMax + 5);
  // Neighbours have a bound of their own, and so has each check.
  await refusedAt(world, '203.0.114.1');
  const stage = 'helo' as const;
  const attempt = { check: 'other', stage, status: '5.7.1', reason: 'no', evidence: {} };
  world.intake.refused({ ...context('mx'), client: '203.0.113.1' }, attempt);
  assert.equal(await kept(world), refusedTracesMax + 2);
  await world.clock.advance(60_000);
  const fresh = await refusedAt(world, '203.0.113.1');
  assert.ok(!ids.has(fresh));
  const told = world.events.filter(({ name }) => name === 'refusals-not-kept');
  assert.deepEqual(told, [
    {
      name: 'refusals-not-kept',
      client: '203.0.113.0',
      check: 'recipient',
      attempts: 5,
      trace: [...ids].at(-1),
    },
  ]);
});

test('S-09: what is accepted after a refusal without a trace of its own has one', async () => {
  const world = await intakeWorld();
  for (let n = 0; n < refusedTracesMax; n += 1) await refusedAt(world, '203.0.113.5');
  const transaction = await begin(world, context('mx'), mailFrom('x@example.org'));
  assert.ok(!(await transaction.recipient(address('nobody@example.test'))).ok);
  assert.ok((await transaction.recipient(address('user@example.test'))).ok);
  await transaction.write(Buffer.from('From: x@example.org\r\n\r\nx\r\n'));
  const [answer] = await transaction.finish({ bareCr: false, bareLf: false, nul: false });
  assert.ok(answer?.ok);
  assert.equal(await kept(world), refusedTracesMax + 1);
});
