import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { bookOf } from '#policy/rules/rules.fixture.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { TraceBuilder } from '#trace/trace-builder.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

function makeWorld() {
  const clock = createFakeClock();
  const store = createMemoryStore({ clock, random: createFakeRandom(1) });
  let kept = 0;
  const rules = { book: bookOf([], { nowMs: () => clock.now() }), kept: async () => void (kept += 1) };
  const world = { clock, store, rules } as unknown as AdminWorld;
  const run = async (name: string, input: unknown) => {
    const operation = findOperation(name) ?? assert.fail(name);
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const output = await operation.run(world, input, context);
    return output.ok
      ? { output: output.value, lines: operation.render(output.value) }
      : { error: output.error.code, message: output.error.message };
  };
  const add = (name: string, action: string, ...words: readonly string[]) =>
    run('rules add', { name, action, words });
  return { clock, store, run, add, kept: () => kept };
}

test('rules are made, shown in their order, changed and taken away (I-89)', async () => {
  const { run, add, clock, kept } = makeWorld();
  assert.deepEqual((await run('rules list', {})).lines, ['There are no rules.']);
  await add('ads', 'junk', 'sender=shop.example', 'recipient!=boss@example.test');
  const added = await run('rules add', {
    name: 'first',
    action: 'refuse',
    words: ['client=203.0.113.0/24'],
    priority: 5,
    for: '1h',
    reason: 'a wave',
  });
  assert.match(added.lines?.[0] ?? '', /^first refuse client=203\.0\.113\.0\/24, until .*, a wave/);
  assert.equal(
    (await run('rules add', { name: 'esc', action: 'note', words: ['tls=no'], reason: 'a\u001b[31m' })).error,
    'value-invalid',
  );
  const { lines } = await run('rules list', {});
  assert.match(lines?.[0] ?? '', /^5 +first +refuse/);
  assert.match(lines?.[1] ?? '', /^100 +ads +junk +sender=shop\.example recipient!=boss@example\.test/);
  await clock.advance(3_600_000);
  assert.equal((await run('rules list', {})).lines?.length, 1);
  assert.match((await run('rules remove', { name: 'ads' })).lines?.[0] ?? '', /^Gone: ads junk/);
  assert.equal((await run('rules remove', { name: 'ads' })).error, 'not-found');
  assert.equal(kept(), 4, 'each change is on disk before it is told');
});

test('what is wrong is told and nothing is changed', async () => {
  const { run, add } = makeWorld();
  assert.equal((await add('bad name', 'refuse', 'tls=no')).error, 'value-invalid');
  assert.match((await add('x', 'refuse', 'sendr=a.example')).message ?? '', /did you mean "sender"/);
  assert.match((await add('x', 'accept', 'sender=a.example')).message ?? '', /allowlist add/);
  assert.equal((await add('x', 'bounce', 'tls=no')).error, 'value-invalid');
  assert.equal((await add('x', 'refuse')).error, 'value-invalid');
  assert.deepEqual((await run('rules list', {})).lines, ['There are no rules.']);
});

test('what the rules say of a mail is told without one, and of a recorded one', async () => {
  const { run, add, store, clock } = makeWorld();
  await add('big', 'refuse', 'larger=10MiB', 'direction=in');
  await clock.advance(1);
  await add('ads', 'junk', 'sender=shop.example');
  const asked = { to: 'user@example.test', from: 'a@shop.example', ip: '203.0.113.5' };
  assert.deepEqual((await run('rules test', asked)).lines, [
    'user@example.test: rule ads says junk',
    '  its size would tell whether big fits first: say --size',
  ]);
  assert.deepEqual((await run('rules test', { ...asked, size: '11MiB' })).lines, [
    'user@example.test: rule big says refuse',
  ]);
  assert.deepEqual((await run('rules test', { ...asked, from: 'a@else.example', size: '1MiB' })).lines, [
    'user@example.test: no rule fits',
  ]);
  assert.equal((await run('rules test', {})).error, 'usage');
  const id = makeId<TraceId>(clock.now(), createFakeRandom(7).bytes(10));
  const session = { id: 's', listener: 'mx', role: 'mx', client: '203.0.113.5', helo: 'x' };
  const trace = new TraceBuilder({ id, direction: 'inbound', session, clock });
  const verdict = { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' } as const;
  const to = [{ address: 'other@example.test', outcome: 'accepted' }];
  const envelope = { from: 'a@shop.example', to, sizeBytes: 12 * 1024 ** 2 };
  store.traces.add(trace.finish({ kind: 'message', verdict, envelope }));
  assert.deepEqual((await run('rules test', { trace: id })).lines, [
    'other@example.test: rule big says refuse',
  ]);
  assert.equal((await run('rules test', { trace: '0000000000' })).error, 'trace-not-found');
});

test('mail that came through a gateway is judged by its origin, and by none where that is not known', async () => {
  const { run, add, store, clock } = makeWorld();
  await add('gate', 'refuse', 'client=192.0.2.1');
  await clock.advance(1);
  await add('named', 'refuse', 'helo=gate.example');
  await clock.advance(1);
  await add('wave', 'junk', 'client=203.0.113.0/24', 'helo=bad.example');
  const hops = ['192.0.2.1'];
  const random = createFakeRandom(7);
  const recorded = (origin: object): Promise<{ readonly lines?: readonly string[] }> => {
    const id = makeId<TraceId>(clock.now(), random.bytes(10));
    const session = { id: 's', listener: 'mx', role: 'mx', client: '192.0.2.1', helo: 'gate.example' };
    const trace = new TraceBuilder({ id, direction: 'inbound', session, clock });
    trace.fact('origin', { hops, ...origin });
    const verdict = { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' } as const;
    const to = [{ address: 'user@example.test', outcome: 'accepted' }];
    const envelope = { from: 'a@shop.example', to, sizeBytes: 1 };
    store.traces.add(trace.finish({ kind: 'message', verdict, envelope }));
    return run('rules test', { trace: id.toLowerCase() });
  };
  const found = { kind: 'found', client: '203.0.113.5', helo: 'bad.example' };
  assert.deepEqual((await recorded(found)).lines, ['user@example.test: rule wave says junk']);
  const undecided = { kind: 'undecided', reason: 'it has no Received field' };
  assert.deepEqual((await recorded(undecided)).lines, ['user@example.test: no rule fits']);
});
