import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createMemoryCounters } from '#store/memory/memory-counters.ts';
import { createTlsMemory } from './tls-memory.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const host = 'mx.b.test';

test('a host nobody knows: TLS if offered; after a failure in the clear, and asked again after a day', async () => {
  const clock = createFakeClock();
  const memory = createTlsMemory(createMemoryCounters(), clock);
  assert.equal(await memory.mode(host), 'opportunistic');
  await memory.failed(host);
  assert.equal(await memory.mode(host), 'clear');
  assert.equal(await memory.mode('other.test'), 'opportunistic');
  await clock.advance(dayMs + hourMs);
  assert.equal(await memory.mode(host), 'opportunistic');
});

test('a host that spoke TLS must, until it has failed for a whole day; thirty days later it is unknown', async () => {
  const clock = createFakeClock();
  const memory = createTlsMemory(createMemoryCounters(), clock);
  await memory.worked(host);
  assert.equal(await memory.mode(host), 'encrypted');
  await clock.advance(2 * hourMs);
  for (let hour = 0; hour < 24; hour += 1) {
    await memory.failed(host);
    assert.equal(await memory.mode(host), 'encrypted', `hour ${hour}`);
    await clock.advance(hourMs);
  }
  await clock.advance(hourMs);
  assert.equal(await memory.mode(host), 'clear');
  await clock.advance(31 * dayMs);
  assert.equal(await memory.mode(host), 'opportunistic');
});

test('a success in between begins the day anew', async () => {
  const clock = createFakeClock();
  const memory = createTlsMemory(createMemoryCounters(), clock);
  await memory.worked(host);
  await clock.advance(2 * hourMs);
  await memory.failed(host);
  await clock.advance(20 * hourMs);
  await memory.worked(host);
  await clock.advance(8 * hourMs);
  await memory.failed(host);
  assert.equal(await memory.mode(host), 'encrypted');
});
