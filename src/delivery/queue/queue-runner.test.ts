import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import type { Domain } from '#mail/domain.ts';
import type { MessageSummary } from '#mail/summary.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Lease, Queue, QueueEntry, Settlement } from '#store/contract/queue.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import type { RemoteJob } from '#delivery/outbound/remote-delivery.ts';
import { queueLimits } from './queue-limits.ts';
import { createQueueRunner } from './queue-runner.ts';

const random = createFakeRandom(7);

function leaseFor(destination: string | undefined, untilMs: number): Lease {
  const address = { local: 'a', domain: (destination ?? 'here.test') as Domain };
  const route =
    destination === undefined
      ? ({ kind: 'local', account: 'A' as AccountId, detail: undefined } as const)
      : ({ kind: 'remote', domain: destination as Domain } as const);
  const id = makeId<QueueId>(0, random.bytes(10));
  const entry: QueueEntry = {
    id,
    traceId: makeId<TraceId>(0, random.bytes(10)),
    receivedAtMs: 0,
    from: undefined,
    recipients: [{ address, original: address, route }],
    body: { kind: 'bytes', bytes: new Uint8Array(100) },
    summary: {} as MessageSummary,
    bodyType: '7bit',
    smtpUtf8: false,
    submitter: undefined,
    origin: 'inbound',
    expiresAtMs: untilMs,
  };
  return { id: `L-${id}`, entry, recipients: [0], attempt: 1, untilMs };
}

interface World {
  readonly clock: FakeClock;
  readonly due: Lease[];
  readonly settled: Settlement[];
  readonly events: Event[];
  readonly remote: { job: RemoteJob; signal: AbortSignal; finish: () => void }[];
  readonly local: Lease[];
  readonly runner: ReturnType<typeof createQueueRunner>;
  nextDueMs: number | undefined;
}

function world(limits = queueLimits): World {
  const clock = createFakeClock();
  const made: Omit<World, 'runner'> = {
    clock,
    due: [],
    settled: [],
    events: [],
    remote: [],
    local: [],
    nextDueMs: undefined,
  };
  const queue = {
    lease: async (_now: number, count: number) => ok(made.due.splice(0, count)),
    settle: async (all: readonly Settlement[]) => {
      made.settled.push(...all);
      return ok(undefined);
    },
    nextDue: async () => ok(made.nextDueMs),
    list: async () => ok({ items: [], next: undefined }),
  } as unknown as Queue;
  const runner = createQueueRunner({
    queue,
    clock,
    random,
    limits,
    owner: 'test',
    local: {
      deliver: async (leases: readonly Lease[]) => {
        made.local.push(...leases);
      },
      flush: async () => undefined,
    },
    outbound: {
      deliver: (job, signal) =>
        new Promise((resolve) => {
          made.remote.push({ job, signal, finish: resolve });
          signal.addEventListener('abort', () => resolve(), { once: true });
        }),
      insist: () => undefined,
      close: async () => undefined,
    },
    events: { emit: (event) => void made.events.push(event) },
  });
  return Object.assign(made, { runner });
}

async function stopNow(w: World): Promise<void> {
  const stopped = w.runner.stop(0);
  await w.clock.advance(0);
  await stopped;
}

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is due is leased, local and remote, and the runner wakes when the next is due', async () => {
  const w = world();
  const until = w.clock.now() + queueLimits.leaseMs;
  w.due.push(leaseFor(undefined, until), leaseFor('b.test', until));
  w.runner.start();
  await breath();
  assert.equal(w.local.length, 1);
  assert.equal(w.remote.length, 1);
  w.nextDueMs = w.clock.now() + 5_000;
  w.runner.wake();
  await breath();
  w.due.push(leaseFor(undefined, until));
  await w.clock.advance(4_999);
  assert.equal(w.local.length, 1);
  await w.clock.advance(1);
  assert.equal(w.local.length, 2);
  for (const one of w.remote) one.finish();
  await stopNow(w);
});

test('at most so many attempts for one destination, others go on, the rest follows', async () => {
  const limits = {
    ...queueLimits,
    perDestinationActiveMax: 2,
    leasesHeldMax: 6,
    perDestinationWaitingMin: 1,
  };
  const w = world(limits);
  const until = w.clock.now() + queueLimits.leaseMs;
  const slow = [1, 2, 3, 4, 5].map(() => leaseFor('slow.test', until));
  w.runner.dispatch([...slow, leaseFor('quick.test', until)]);
  await breath();
  const running = w.remote.map((one) => one.job.lease.entry.recipients[0]?.address.domain);
  assert.deepEqual(running, ['slow.test', 'slow.test', 'quick.test']);
  assert.equal(w.settled.length, 1, 'the fifth is handed back');
  assert.equal(w.settled[0]?.outcome.kind, 'retry');
  w.remote[0]?.finish();
  await breath();
  assert.equal(w.remote.length, 4, 'the third got the place');
  await stopNow(w);
});

test('an attempt is ended before its lease runs out', async () => {
  const w = world();
  w.runner.dispatch([leaseFor('b.test', w.clock.now() + 10 * 60_000)]);
  await breath();
  await w.clock.advance(9 * 60_000 - 1);
  assert.equal(w.remote[0]?.signal.aborted, false);
  await w.clock.advance(1);
  assert.equal(w.remote[0]?.signal.aborted, true);
  await stopNow(w);
});

test('a lease that waited too long for its place is not begun', async () => {
  const w = world();
  w.runner.dispatch([leaseFor('b.test', w.clock.now() + queueLimits.leaseMarginMs)]);
  await breath();
  assert.equal(w.remote.length, 0);
  await stopNow(w);
});

test('S-12: after a jump ahead the same recipients are not begun twice, and settled under the new lease', async () => {
  const w = world();
  const first = leaseFor('b.test', w.clock.now() + queueLimits.leaseMs);
  w.runner.dispatch([first]);
  await breath();
  w.clock.jump(3_650 * 86_400_000);
  const again: Lease = { ...first, id: 'L-again', untilMs: w.clock.now() + queueLimits.leaseMs };
  w.due.push(again);
  w.runner.start();
  await breath();
  assert.equal(w.remote.length, 1);
  assert.equal(w.remote[0]?.job.current().id, 'L-again');
  await stopNow(w);
});

test('S-12: a reply that comes after a jump ahead settles under the first lease, and the mail goes once', async () => {
  const clock = createFakeClock();
  const { queue } = createMemoryStore({ clock, random });
  const { entry } = leaseFor('b.test', clock.now() + 1e9);
  const sent: string[] = [];
  let reply = (): void => undefined;
  const replied = new Promise<void>((resolve) => (reply = resolve));
  const runner = createQueueRunner({
    queue,
    clock,
    random,
    owner: 'test',
    local: { deliver: async () => undefined, flush: async () => undefined },
    outbound: {
      // The answer to the final dot is on its way while the clock jumps, and the lease to settle is chosen already.
      async deliver({ lease }) {
        const { recipients } = lease;
        const marked = await queue.mark(lease, recipients, { ...noWords, inDoubt: true });
        if (!marked.ok) return;
        sent.push(lease.id);
        await replied;
        await queue.settle([{ lease, recipients, outcome: { kind: 'done' } }]);
      },
      insist: () => undefined,
      close: async () => undefined,
    },
    events: { emit: () => undefined },
  });
  const untilMs = clock.now() + queueLimits.leaseMs;
  const leases = await queue.add(entry, { owner: 'test', untilMs });
  assert.ok(leases.ok);
  runner.dispatch(leases.value);
  runner.start();
  await breath();
  clock.jump(3_650 * 86_400_000);
  await clock.advance(queueLimits.restMsMax);
  await breath();
  const again = await queue.get(entry.id);
  assert.ok(again.ok);
  assert.notEqual(again.value.recipients[0]?.nextAtMs, untilMs, 'another lease was granted');
  reply();
  await breath();
  for (let n = 0; n < 4; n += 1) await clock.advance(queueLimits.leaseMs);
  assert.deepEqual(sent, [leases.value[0]?.id]);
  assert.equal((await queue.get(entry.id)).ok, false);
  const stopped = runner.stop(0);
  await clock.advance(0);
  await stopped;
});

const noWords = { atMs: 0, host: undefined, address: undefined, tls: undefined, reply: '' };

test('S-12: the jump is told', async () => {
  const w = world();
  w.runner.start();
  await breath();
  w.clock.jump(-86_400_000);
  await w.clock.advance(queueLimits.restMsMax);
  assert.deepEqual(w.events, [{ name: 'clock-jumped', byMs: -86_400_000 }]);
  await stopNow(w);
});

test('stop lets what runs end by itself, then ends it', async () => {
  const w = world();
  const until = w.clock.now() + queueLimits.leaseMs;
  w.runner.dispatch([leaseFor('b.test', until)]);
  await breath();
  const stopped = w.runner.stop(10_000);
  await w.clock.advance(9_999);
  assert.equal(w.remote[0]?.signal.aborted, false);
  await w.clock.advance(1);
  assert.equal(w.remote[0]?.signal.aborted, true);
  await stopped;
});

test('a fault of ours is told and does not stop the runner', async () => {
  const w = world();
  const until = w.clock.now() + queueLimits.leaseMs;
  const bad = createQueueRunner({
    queue: {} as Queue,
    clock: w.clock,
    random,
    owner: 'test',
    local: { deliver: () => Promise.reject(new Error('bug')), flush: async () => undefined },
    outbound: { deliver: async () => undefined, insist: () => undefined, close: async () => undefined },
    events: { emit: (event) => void w.events.push(event) },
  });
  bad.dispatch([leaseFor(undefined, until)]);
  await breath();
  assert.equal(w.events[0]?.name, 'session-bug');
});
