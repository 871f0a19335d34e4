import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Store } from '#store/contract/store.ts';
import { AnswerTime, AnswerTimes, answerMsMax, lateMessagesMax } from './answer-times.ts';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';

/** A queue that adds only when it is let, as over a disk that hangs. */
function hanging(): {
  readonly change: (store: Store) => Store;
  readonly gate: Promise<void>;
  readonly letGo: () => void;
} {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const change = (store: Store): Store => ({
    ...store,
    queue: {
      ...store.queue,
      add: async (...entry) => {
        await gate;
        return store.queue.add(...entry);
      },
    },
  });
  return { change, gate, letGo };
}

async function queued({ store }: IntakeWorld): Promise<number> {
  const page = await store.queue.list({}, undefined, 100);
  assert.ok(page.ok);
  return page.value.items.length;
}

async function rested(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

test('S-04: a store that hangs costs the client at most 30 s, and what it takes then is taken out again', async () => {
  const { change, letGo } = hanging();
  const world = await intakeWorld({ change });
  const answer = send(world);
  await rested();
  await world.clock.advance(answerMsMax - 1);
  assert.deepEqual(world.events, []);
  await world.clock.advance(1);
  const [said] = await answer;
  assert.ok(said !== undefined && !said.ok);
  assert.deepEqual([said.reply.code, said.reply.status, said.reply.close], [451, '4.3.0', false]);
  assert.equal(await queued(world), 0);
  letGo();
  await rested();
  assert.equal(await queued(world), 0);
  assert.deepEqual(world.leases, []);
  const slow = world.events.filter(({ name }) => name === 'store-trouble');
  assert.equal(slow.length, 2);
  assert.match(JSON.stringify(slow[1]), /taken out again/);
  assert.ok(!world.events.some(({ name }) => name === 'message-accepted'));
  const traces = await world.store.traces.list({}, undefined, 10);
  assert.ok(traces.ok);
  assert.deepEqual(
    traces.value.items.map(({ kind, verdict }) => [kind, verdict.action]),
    [['attempt', 'defer']],
  );
});

test('an answer that comes in time is the only one, however near the end it comes', async () => {
  const { change, letGo } = hanging();
  const world = await intakeWorld({ change });
  const answer = send(world);
  await rested();
  await world.clock.advance(answerMsMax - 1);
  letGo();
  const [said] = await answer;
  assert.ok(said?.ok);
  await world.clock.advance(answerMsMax);
  assert.equal(await queued(world), 1);
  assert.equal(world.leases.length, 1);
  assert.deepEqual(
    world.events.map(({ name }) => name),
    ['message-accepted'],
  );
});

test('a message that cannot be taken out again is told of', async () => {
  const { change, letGo } = hanging();
  const world = await intakeWorld({
    change: (store) => {
      const slow = change(store);
      const drop = () => Promise.resolve(err({ code: 'unavailable' as const, detail: 'broken' }));
      return { ...slow, queue: { ...slow.queue, drop } };
    },
  });
  const answer = send(world);
  await rested();
  await world.clock.advance(answerMsMax);
  const [said] = await answer;
  assert.equal(said?.ok, false);
  letGo();
  await rested();
  assert.deepEqual(world.leases, []);
  assert.match(JSON.stringify(world.events.at(-1)), /it may come twice/);
});

test('a message that is late before the store has it never comes there', async () => {
  let added = 0;
  const { gate, letGo } = hanging();
  const world = await intakeWorld({
    change: (store) => {
      const add: Store['queue']['add'] = (...entry) => {
        added += 1;
        return store.queue.add(...entry);
      };
      const create: Store['blobs']['create'] = () => {
        const writer = store.blobs.create();
        const commit = () => gate.then(() => writer.commit());
        return { write: (bytes) => writer.write(bytes), discard: () => writer.discard(), commit };
      };
      return { ...store, queue: { ...store.queue, add }, blobs: { ...store.blobs, create } };
    },
  });
  const message = `From: a@example.org\r\n\r\n${'x'.repeat(70)}\r\n`.concat(
    `${'y'.repeat(70)}\r\n`.repeat(1200),
  );
  const answer = send(world, { message });
  await rested();
  await world.clock.advance(answerMsMax);
  const [said] = await answer;
  assert.equal(said?.ok, false);
  letGo();
  await rested();
  assert.equal(added, 0);
});

test('a bug in one late answer is the trouble of its connection only', async () => {
  const clock = createFakeClock();
  const times = new AnswerTimes(clock);
  const never = (): Promise<string> => new Promise(() => undefined);
  const bug = times.inTime({
    time: new AnswerTime(),
    work: never,
    late: () => {
      throw new Error('bug');
    },
  });
  const other = times.inTime({ time: new AnswerTime(), work: never, late: () => 'late' });
  const rejected = assert.rejects(bug, /bug/);
  await clock.advance(answerMsMax);
  await rejected;
  assert.equal(await other, 'late');
});

test('S-09: a store that hangs is not fed without end', async () => {
  const { change, letGo } = hanging();
  const world = await intakeWorld({ change });
  const answers = Array.from({ length: lateMessagesMax }, () => send(world));
  await rested();
  await world.clock.advance(answerMsMax);
  await Promise.all(answers);
  const next = await begin(world, context('mx'), mailFrom('stranger@example.org'));
  assert.ok((await next.recipient(address('user@example.test'))).ok);
  const ready = await next.ready();
  assert.ok(!ready.ok);
  assert.deepEqual([ready.reply.code, ready.reply.status], [451, '4.3.0']);
  letGo();
  await rested();
  assert.deepEqual(await next.ready(), ok(undefined));
});
