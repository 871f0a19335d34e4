import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryCounters } from '#store/memory/memory-counters.ts';
import { traceRecord } from '#trace/record.fixture.ts';
import type { TraceRecord, TraceStep } from '#trace/record.ts';
import { LayerShares } from './layer-shares.ts';

function recordWith(steps: readonly Partial<TraceStep>[]): TraceRecord {
  return traceRecord({
    steps: steps.map((step) => ({
      stage: 'message',
      check: 'x',
      outcome: 'pass',
      evidence: {},
      ms: 0,
      ...step,
    })),
  });
}

test('checks that ask do so at once: the longest counts, and those before it are added', async () => {
  const shares = new LayerShares({ counters: createMemoryCounters(), listeners: new Set() });
  const step = { stage: 'connect', check: 'iprev', ms: 40 } as const;
  for (let n = 0; n < 9; n += 1)
    shares.record(
      recordWith([
        step,
        { ...step, check: 'psbl', ms: 30 },
        { stage: 'helo', check: 'helo-syntax', ms: 0.2 },
      ]),
    );
  shares.record(recordWith([{ ...step, ms: 4000 }]));
  await shares.flush(0);
  const read = await shares.read('1h', 0);
  assert.ok(read.ok);
  const [connect, helo] = read.value;
  assert.ok(connect !== undefined && helo !== undefined);
  const within = (us: number | undefined, about: number): boolean =>
    us !== undefined && us > about / 1.5 && us < about * 1.5;
  assert.ok(within(connect.medianUs, 40_000), String(connect.medianUs));
  assert.ok(within(helo.medianUs, 200), String(helo.medianUs));
});

test('what nobody counted is nothing, and not zero milliseconds', async () => {
  const shares = new LayerShares({ counters: createMemoryCounters(), listeners: new Set() });
  const read = await shares.read('7d', 0);
  assert.ok(read.ok && read.value.every(({ medianUs, passed }) => medianUs === undefined && passed === 0));
});
