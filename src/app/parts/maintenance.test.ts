import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Event } from '#trace/events.ts';
import { traceClasses } from '#trace/trace-class.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import { traceKeptMax } from '#trace/trace-settings.ts';
import { maintain } from './maintenance.ts';

const hourMs = 3_600_000;

/** A running maintenance over a store that writes down what it is asked. */
function running({ fails = false } = {}) {
  const clock = createFakeClock();
  const done: string[] = [];
  const emitted: Event[] = [];
  const ending = new AbortController();
  const answer = () => (fails ? err({ code: 'disk-full' as const, detail: 'full' }) : ok(0));
  const store = {
    queue: {
      list: async () =>
        fails ? err({ code: 'disk-full' as const, detail: 'full' }) : ok({ items: [], next: undefined }),
      drop: async () => ok(undefined),
    },
    traces: {
      delivered: () => undefined,
      async expire(before: Readonly<Record<TraceClass, number>>, countMax?: { readonly refused?: number }) {
        assert.deepEqual(countMax, traceKeptMax);
        const days = traceClasses.map((name) => (clock.now() - before[name]) / (24 * hourMs));
        done.push(`expire ${days.join(' ')}`);
        return fails ? answer() : ok(done.length === 2 ? 7 : 0);
      },
    },
    async pruneCounters() {
      done.push('prune');
      return answer();
    },
    async sweepBodies() {
      done.push('sweep');
      return answer();
    },
  };
  const events = { emit: (event: Event) => void emitted.push(event) };
  const world = { clock, random: createFakeRandom(1), events };
  const settings = { value: (row: { readonly defaultValue: unknown }) => row.defaultValue as never };
  const accountKeys = { resume: async () => ok(0), forgetReplaced: async () => ok(0) };
  const ended = maintain(store, { world, settings, accountKeys }, ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await ended;
  };
  return { clock, done, emitted, stop };
}

/** Hour by hour, as the sleeps are. */
async function pass(clock: ReturnType<typeof createFakeClock>, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) await clock.advance(hourMs);
}

test('bodies that nobody names are swept at the start and daily, traces expire hourly (S-11)', async () => {
  const { clock, done, emitted, stop } = running();
  await pass(clock, 48);
  await stop();
  assert.equal(done.filter((act) => act === 'sweep').length, 3);
  assert.equal(done[0], 'sweep');
  assert.equal(done.filter((act) => act === 'expire 30 14 90').length, 48);
  assert.deepEqual(emitted, [{ name: 'traces-expired', traces: 7 }]);
});

test('S-12: for a day after a jump of the wall clock nothing is deleted by age', async () => {
  const { clock, done, stop } = running();
  await pass(clock, 2);
  const before = done.length;
  clock.jump(400 * 24 * hourMs);
  await pass(clock, 24);
  assert.equal(done.length, before);
  await pass(clock, 2);
  await stop();
  assert.ok(done.length > before);
});

test('what could not be done is told', async () => {
  const { clock, emitted, stop } = running({ fails: true });
  await pass(clock, 1);
  await stop();
  assert.deepEqual(
    emitted.map((event) => (event.name === 'store-trouble' ? event.what : '')),
    [
      'bodies were not swept',
      'traces were not expired',
      'held mail was not expired',
      'counters were not pruned',
    ],
  );
});
