import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { Greylist } from './greylist.ts';
import type { GreylistSource } from './greylist.ts';

const delayMs = 5 * 60_000;
const minuteMs = 60_000;

function source(change: Partial<GreylistSource> = {}): GreylistSource {
  return { client: '203.0.113.5', domains: [], sender: 'example.org', ...change };
}

function makeGreylist() {
  const clock = createFakeClock();
  const { counters } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const fresh = (): Greylist => new Greylist({ counters, clock });
  return { clock, counters, fresh, greylist: fresh() };
}

test('C-12: five minutes, to the minute, and a restart forgets nothing', async () => {
  const { clock, greylist, fresh } = makeGreylist();
  assert.deepEqual(await greylist.judge(source(), delayMs), { kind: 'wait', leftMs: delayMs });
  await clock.advance(4 * minuteMs);
  assert.deepEqual(await fresh().judge(source(), delayMs), { kind: 'wait', leftMs: minuteMs });
  await clock.advance(minuteMs);
  assert.equal((await fresh().judge(source(), delayMs)).kind, 'returned');
  assert.equal((await fresh().judge(source({ sender: 'other.example' }), delayMs)).kind, 'known');
});

test('matched by /24 and /64, and by the domain that is proven whichever host comes', async () => {
  const { clock, greylist } = makeGreylist();
  for (const [first, then] of [
    [source(), source({ client: '203.0.113.77' })],
    [source({ client: '2001:db8:1:2::1' }), source({ client: '2001:db8:1:2:ffff::9' })],
    [
      source({ client: '198.51.100.1', domains: ['big.example'], sender: 'a.example' }),
      source({ client: '192.0.2.1', domains: ['big.example'], sender: 'b.example' }),
    ],
  ] as const) {
    assert.equal((await greylist.judge(first, delayMs)).kind, 'wait');
    await clock.advance(delayMs);
    assert.equal((await greylist.judge(then, delayMs)).kind, 'returned');
  }
  assert.equal(
    (await greylist.judge(source({ client: '203.0.114.5' }), delayMs)).kind,
    'wait',
    'another /24',
  );
});

test('an attempt that nobody followed up is forgotten after a day, a known network after forty', async () => {
  const { clock, greylist, fresh } = makeGreylist();
  await greylist.judge(source(), delayMs);
  await clock.advance(26 * 60 * minuteMs);
  assert.equal((await greylist.judge(source(), delayMs)).kind, 'wait');
  greylist.remember(source());
  await clock.advance(39 * 24 * 60 * minuteMs);
  assert.equal((await fresh().judge(source(), delayMs)).kind, 'known');
  await clock.advance(5 * 24 * 60 * minuteMs);
  assert.equal((await fresh().judge(source(), delayMs)).kind, 'wait');
});

test('two first attempts at one moment do not make a time in the future', async () => {
  const { clock, greylist, fresh } = makeGreylist();
  await Promise.all([greylist.judge(source(), delayMs), fresh().judge(source(), delayMs)]);
  const again = await greylist.judge(source(), delayMs);
  assert.ok(again.kind === 'wait' && again.leftMs <= delayMs + 1000);
  await clock.advance(delayMs + 1000);
  assert.equal((await greylist.judge(source(), delayMs)).kind, 'returned');
});

test('a store that does not answer puts nobody off', async () => {
  const { clock } = makeGreylist();
  const trouble = { code: 'unavailable', detail: 'x' } as const;
  const counters = { add: async () => err(trouble), read: async () => err(trouble) };
  assert.equal((await new Greylist({ counters, clock }).judge(source(), delayMs)).kind, 'unavailable');
});

test('who is remembered is written down once a day', async () => {
  const { clock, counters } = makeGreylist();
  let writes = 0;
  const counting = {
    read: counters.read.bind(counters),
    add: (...given: Parameters<typeof counters.add>) => {
      writes += 1;
      return counters.add(...given);
    },
  };
  const greylist = new Greylist({ counters: counting, clock });
  for (let i = 0; i < 100; i += 1) greylist.remember(source({ domains: ['example.org'] }));
  assert.equal(writes, 2);
});

test('S-09: names without end from one network are one attempt, and the store is not filled', async () => {
  const { clock, counters } = makeGreylist();
  const keys = new Set<string>();
  const counting = {
    read: counters.read.bind(counters),
    add: (...given: Parameters<typeof counters.add>) => {
      keys.add(given[0]);
      return counters.add(...given);
    },
  };
  const greylist = new Greylist({ counters: counting, clock });
  for (let i = 0; i < 1000; i += 1) await greylist.judge(source({ sender: `n${i}.example` }), delayMs);
  assert.equal(keys.size, 101);
});
