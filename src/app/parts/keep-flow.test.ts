import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { defaultLimits } from '#net/connection-limits.ts';
import { FlowControl } from '#net/flow-control.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { parseFlowRow } from '#policy/flow/flow-row.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { silentEvents } from '#trace/events.ts';
import { openFlowMemory } from './keep-flow.ts';

const minuteMs = 60_000;

function rowsOf(...texts: readonly string[]) {
  return texts.flatMap((text) => {
    const row = parseFlowRow(text);
    return row.ok ? [row.value] : assert.fail(row.error);
  });
}

test('peaks and hits of limits stand in the store at intervals, and are there after a restart (P-33)', async () => {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const { settings: stored } = createMemoryStore({ clock, random });
  const start = async (...rows: readonly string[]) => {
    const flow = new FlowControl({
      settings: { rows: rowsOf(...rows) },
      defaults: { ...defaultLimits, perAddressMax: 2 },
      networks: () => undefined,
    });
    const gate = flow.gate('mx', 'mx');
    const memory = await openFlowMemory(flow, stored, { clock, random, events: silentEvents });
    return { flow, gate, memory };
  };
  const client = parseClientAddress('192.0.2.1') ?? assert.fail();
  const first = await start('rule:old limit 192.0.2.0/24 open=9');
  for (let count = 0; count < 5; count += 1) first.gate.admit(client, false, clock.monotonic());
  const ending = new AbortController();
  const keeping = first.memory.keepOn(ending.signal);
  await clock.advance(16 * minuteMs);
  ending.abort();
  await keeping;
  const scope = ({ flow }: typeof first, name: string) => flow.report().find((row) => row.scope === name);
  const again = await start();
  const perAddress = scope(again, 'listener:mx')?.limits.find(({ name }) => name === 'per-address');
  assert.deepEqual([perAddress?.hits, perAddress?.peak], [3, 2]);
  assert.equal(scope(again, 'server')?.seen, 2);
  assert.equal(scope(again, 'server')?.open, 0);
  await again.memory.keep();
  const listed = await stored.list();
  assert.ok(listed.ok);
  const kept = [...listed.value]
    .filter(([name]) => name.startsWith('flow.kept_'))
    .flatMap(([, { value }]) => value);
  assert.deepEqual(
    kept.map((row) => (row as { scope: string }).scope).sort(),
    ['listener:mx', 'server', 'service:mx'],
    'a rule that is gone leaves nothing behind',
  );
});
