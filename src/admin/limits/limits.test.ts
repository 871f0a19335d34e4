import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { FlowScopeReport } from '#policy/flow/flow-report.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

function makeWorld() {
  const store = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  const told: string[] = [];
  const report: FlowScopeReport = {
    scope: 'listener:mx',
    open: 3,
    seen: 400,
    limits: [
      {
        name: 'open',
        limit: 500,
        from: 'server',
        overrides: { limit: 700, from: 'default' },
        hits: 2,
        peak: 90,
        p50: 10,
        p95: 40,
        p99: 60,
        proposed: 300,
      },
      {
        name: 'interval',
        limit: 60_000,
        from: 'default',
        overrides: undefined,
        hits: 0,
        peak: 0,
        p50: 0,
        p95: 0,
        p99: 0,
        proposed: undefined,
      },
    ],
  };
  const world = {
    store,
    flow: { report: () => [report], rows: () => [], listeners: ['mx', 'imaps'] },
    notices: { settingChanged: (name: string) => told.push(name) },
  } as unknown as AdminWorld;
  const run = async (name: string, input: unknown) => {
    const operation = findOperation(name) ?? assert.fail(name);
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const output = await operation.run(world, input, context);
    return output.ok
      ? { output: output.value, lines: operation.render(output.value) }
      : { error: output.error.code, message: output.error.message };
  };
  const set = (scope: string, ...words: readonly string[]) => run('limits set', { scope, words });
  const rows = async () => {
    const stored = await store.settings.get('flow.rows');
    return stored.ok ? stored.value?.value : assert.fail();
  };
  return { run, set, rows, told };
}

test('limits are set one by one, put back to the default, and taken away (P-33)', async () => {
  const { set, rows, told } = makeWorld();
  assert.deepEqual((await set('listener:mx', 'open=500')).lines, ['listener:mx open=500']);
  await set('listener:mx', 'new=60', 'interval=10s');
  await set('server', 'open=9000');
  assert.deepEqual(await rows(), ['listener:mx open=500 new=60 interval=10s', 'server open=9000']);
  await set('listener:mx', 'open=default');
  await set('server', 'none');
  assert.deepEqual(await rows(), ['listener:mx new=60 interval=10s']);
  assert.deepEqual((await set('listener:mx', 'new=default', 'interval=default')).lines, [
    'listener:mx is as by default.',
  ]);
  assert.deepEqual(await rows(), []);
  assert.equal(told.length, 6);
});

test('a rule is written anew as a whole', async () => {
  const { set, rows } = makeWorld();
  await set('rule:bad', 'deny', '203.0.113.0/24', 'on=listener:mx');
  await set('rule:bad', 'allow', '203.0.113.7', 'priority=5');
  assert.deepEqual(await rows(), ['rule:bad allow 203.0.113.7 priority=5']);
  await set('rule:bad', 'none');
  assert.deepEqual(await rows(), []);
});

test('what is wrong is told and nothing is changed', async () => {
  const { set, rows, told } = makeWorld();
  const wrong: readonly (readonly [string, string, string])[] = [
    ['listener:mx', 'opne=5', 'value-invalid'],
    ['listener:imap', 'open=5', 'not-found'],
    ['rule:x', 'deny', 'value-invalid'],
    ['everything', 'open=5', 'value-invalid'],
    ['server', 'open=5 new=\n6', 'value-invalid'],
  ];
  for (const [scope, word, code] of wrong) assert.equal((await set(scope, word)).error, code, scope);
  assert.equal((await set('rule:x', 'deny', '192.0.2.1', 'on=listener:nobody')).error, 'not-found');
  assert.equal(await rows(), undefined);
  assert.deepEqual(told, []);
});

test('what was seen stands beside each limit', async () => {
  const { run } = makeWorld();
  const { lines } = await run('limits show', {});
  assert.deepEqual(lines, [
    'listener:mx: 3 open now, 400 in the last days',
    '            limit  set by   hits  peak  p50  p95  p99  proposed',
    '  open      500    server   2     90    10   40   60   300',
    '  interval  1m     default',
    '',
  ]);
});
