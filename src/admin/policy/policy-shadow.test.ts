import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { deliveredSettings } from '#policy/default-policy-values.fixture.ts';
import { runningTrialsMax, TrialBook } from '#policy/trials/trial-book.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { TraceRecord } from '#trace/record.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

function makeWorld() {
  const clock = createFakeClock();
  const store = createMemoryStore({ clock, random: createFakeRandom(1) });
  const book = new TrialBook({
    clock,
    settings: deliveredSettings,
    changed: () => undefined,
    stopped: () => undefined,
  });
  const told: string[] = [];
  const trials = { book, kept: () => Promise.resolve() };
  const notices = { settingChanged: (name: string) => told.push(name) };
  const world = { store, clock, trials, notices } as unknown as AdminWorld;
  const run = async (name: string, input: object) => {
    const operation = findOperation(name);
    assert.ok(operation !== undefined, name);
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const done = await operation.run(world, input, context);
    return { done, text: done.ok ? operation.render(done.value).join('\n') : done.error.message };
  };
  return { run, store, told, book };
}

test('N-3: from a shadow through its stages to all mail, by commands', async () => {
  const { run, store, told } = makeWorld();
  assert.match((await run('policy shadow list', {})).text, /Nothing is on trial/);
  const shadow = await run('policy set', { check: 'spf', action: 'junk', shadow: true, for: '2d' });
  assert.match(shadow.text, /^trial 1: spf\.action=junk\n {2}state +shadow until 2026-01-03T00:00/);
  assert.deepEqual(told, [], 'nothing has changed');
  assert.match((await run('policy shadow list', {})).text, /^1 +spf\.action=junk +shadow/);
  const staged = await run('policy shadow apply', { id: '1', stage: 10, every: '2h' });
  assert.match(staged.text, /holds for 10 % of mail until 2026-01-01T02:00/);
  assert.match((await run('policy shadow show', { id: '1' })).text, /taken back beyond 1 %/);
  assert.match((await run('policy shadow apply', { id: '1' })).text, /applied: by an administrator/);
  assert.deepEqual(told, ['policy.spf.action']);
  const set = await store.settings.get('policy.spf.action');
  assert.equal(set.ok && set.value?.value, 'junk');
});

test('a trial is stopped by hand, and then nothing of it holds', async () => {
  const { run, book } = makeWorld();
  await run('policy shadow start', { with: ['junk_score=5', 'iprev.weight=6'] });
  await run('policy shadow apply', { id: '1', stage: 50 });
  assert.match((await run('policy shadow stop', { id: '1' })).text, /stopped: by an administrator/);
  assert.deepEqual(book.running, []);
  assert.match((await run('policy shadow stop', { id: '1' })).text, /is over already/);
});

test('what is over is not staged beside as many as may run (S-09)', async () => {
  const { run, book } = makeWorld();
  const start = async () => await run('policy shadow start', { with: ['junk_score=5'] });
  await start();
  await run('policy shadow stop', { id: '1' });
  for (let n = 0; n < runningTrialsMax; n += 1) await start();
  const staged = await run('policy shadow apply', { id: '1', stage: 10 });
  assert.ok(!staged.done.ok);
  assert.match(staged.text, /run already/);
  assert.equal(book.running.length, runningTrialsMax);
  assert.ok((await run('policy shadow apply', { id: '2', stage: 10 })).done.ok);
});

test('a complaint counts only where the stage was to the disadvantage of the reader', async () => {
  const { run, store, book } = makeWorld();
  await run('policy shadow start', { with: ['junk_score=5'] });
  await run('policy shadow apply', { id: '1', stage: 50 });
  const complain = async (before: string, after: string) => {
    const id = makeId<TraceId>(0, Buffer.from(`${before}-${after}---`.slice(0, 10)));
    const facts = { trial: { id: '1', share: 50, before, after } };
    store.traces.add({ ...record, id, facts });
    return (await run('policy shadow complain', { trace: id })).done.ok;
  };
  assert.ok(!(await complain('refuse', 'junk')), 'without it nobody would have had the message at all');
  assert.ok(!(await complain('junk', 'accept')));
  assert.equal(book.find('1')?.tally.complaints.length, 0);
  assert.ok(await complain('accept', 'junk'));
  assert.ok(await complain('junk', 'refuse'));
  assert.equal(book.find('1')?.tally.complaints.length, 2);
});

const record: Omit<TraceRecord, 'id' | 'facts'> = {
  v: 1,
  kind: 'message',
  at: new Date(0).toISOString(),
  direction: 'inbound',
  session: { id: 's', listener: 'mx', role: 'mx', client: '203.0.113.5' },
  asked: [],
  steps: [],
  verdict: { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' },
  deliveries: [],
};

test('what cannot be tried says why', async () => {
  const { run } = makeWorld();
  for (const [name, input, why] of [
    ['policy shadow start', { with: ['forwarders=192.0.2.0/24'] }, /decides what is asked about mail/],
    ['policy replay', { with: ['forwarders=192.0.2.0/24'] }, /records hold only what was asked/],
    ['policy replay', { with: ['connections.new_max=5'] }, /not the connections that limits count/],
    ['policy replay', { with: ['lists.x=true'] }, /a list that was off was not asked/],
    ['policy set', { check: 'spamhaus-zen', action: 'refuse', shadow: true }, /First: postern policy set/],
    ['policy shadow show', { id: '7' }, /there is no trial 7/],
    ['policy shadow apply', { id: '7' }, /there is no trial 7/],
  ] as const) {
    const { done, text } = await run(name, input);
    assert.equal(done.ok, false, name);
    assert.match(text, why);
  }
});
