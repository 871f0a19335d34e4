import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { deliveredSettings } from '../default-policy-values.fixture.ts';
import { replayableSettings } from '../replayable-settings.ts';
import { readTrial } from './read-trial.ts';
import type { Trial } from './trial.ts';
import { seenMax } from './trial.ts';
import { keptOutMin, runningTrialsMax, TrialBook, trialsKeptMax } from './trial-book.ts';
import type { TrialOutcome } from './trial-book.ts';

const dayMs = 86_400_000;
const stage = { share: 10, everyMs: dayMs, keptOutPercentMax: 1 };
const changes = { 'policy.spf.action': 'score' };

function world() {
  const clock = createFakeClock();
  const kept = new Map<string, Trial>();
  const stopped: Trial[] = [];
  const book = new TrialBook({
    clock,
    settings: deliveredSettings,
    changed: (id, trial) => void (trial === undefined ? kept.delete(id) : kept.set(id, trial)),
    stopped: (trial) => stopped.push(trial),
  });
  const start = (): Trial => {
    const trial = book.start(changes, 7 * dayMs);
    assert.ok(trial !== 'full');
    return trial;
  };
  return { clock, kept, stopped, book, start };
}

function outcome(change: Partial<TrialOutcome> = {}): TrialOutcome {
  return {
    trace: '01J00000000000000000000000' as TraceId,
    before: 'accept',
    after: 'accept',
    isStaged: true,
    isUnasked: false,
    isAllowed: false,
    ...change,
  };
}

test('N-3: a shadow holds for no mail, is counted, kept over a restart, and ends by itself', async () => {
  const { book, clock, kept, start } = world();
  const { id } = start();
  assert.equal(book.running[0]?.values.check('spf').action, 'score');
  assert.equal(book.stageFor('203.0.113.5', 'example.org'), undefined);
  book.count(id, outcome({ isStaged: false, after: 'refuse' }));
  book.tend();
  assert.deepEqual(kept.get(id)?.tally.differences, { 'accept → refuse': 1 });
  const again = world().book;
  again.restore([...kept.values()].flatMap((row) => readTrial(JSON.parse(JSON.stringify(row)))?.row ?? []));
  assert.equal(again.find(id)?.tally.judged, 1);
  await clock.advance(7 * dayMs);
  book.tend();
  assert.deepEqual([book.find(id)?.state, book.running.length], ['ended', 0]);
});

test('N-3: a stage holds for a share of networks and domains, and rises by itself to all', async () => {
  const { book, clock, start } = world();
  const { id } = start();
  book.stage(id, stage);
  const share = (): number => {
    let held = 0;
    for (let n = 0; n < 2000; n += 1)
      held += Number(book.stageFor(`192.0.${n % 250}.1`, `d${n}.example`) !== undefined);
    return held / 20;
  };
  assert.ok(Math.abs(share() - 10) < 3, String(share()));
  for (let n = 0; n < 100; n += 1) {
    const one = book.stageFor(`192.0.${n}.1`, 'd1.example');
    assert.equal(book.stageFor(`192.0.${n}.77`, 'd1.example'), one, 'neighbours are judged alike');
  }
  const shares: (number | undefined)[] = [];
  for (let step = 0; step < 4; step += 1) {
    shares.push(book.find(id)?.share);
    assert.deepEqual(book.tend(), []);
    await clock.advance(dayMs);
    if (step < 3) book.tend();
  }
  assert.deepEqual(shares, [10, 25, 50, 100]);
  assert.equal(share(), 100);
  assert.deepEqual(
    book.tend().map((trial) => trial.id),
    [id],
    'what came through all stages is handed on to be applied',
  );
});

test('N-3: who can count trials cannot tell which senders a stage holds for; a restart and a larger share leave them', async () => {
  const held = (book: TrialBook): readonly number[] =>
    Array.from({ length: 200 }, (_, n) => n).filter(
      (n) => book.stageFor('192.0.2.1', `d${n}.example`) !== undefined,
    );
  const [one, other] = [world(), world()];
  one.book.stage(one.start().id, stage);
  await other.clock.advance(1);
  other.book.stage(other.start().id, stage);
  assert.notDeepEqual(held(one.book), held(other.book));
  const again = world().book;
  again.restore(one.kept.values());
  assert.deepEqual(held(again), held(one.book));
  const before = held(one.book);
  await one.clock.advance(dayMs);
  one.book.tend();
  const after = new Set(held(one.book));
  assert.ok(after.size > before.length && before.every((n) => after.has(n)));
});

test('N-3: a stage that keeps out more than its bound is taken back at once', () => {
  const { book, stopped, start } = world();
  const { id } = start();
  book.stage(id, { ...stage, share: 100 });
  for (let n = 0; n < 1000; n += 1) book.count(id, outcome());
  for (let n = 0; n < 10; n += 1) book.count(id, outcome({ after: 'refuse' }));
  assert.equal(book.find(id)?.state, 'stage', 'ten of a thousand is within one per cent');
  book.count(id, outcome({ after: 'defer' }));
  assert.equal(book.find(id)?.state, 'stopped');
  assert.match(stopped[0]?.why ?? '', /kept out 11 of 1011 messages, more than 1 %/);
  assert.equal(book.stageFor('192.0.2.1', 'd1.example'), undefined, 'it holds for no mail any more');
  book.count(id, outcome({ after: 'refuse' }));
  assert.equal(book.find(id)?.tally.judged, 1011, 'and counts no more');
});

test('few are no measure, but one message that the allow list names is', () => {
  const { book, start } = world();
  const { id } = start();
  book.stage(id, { ...stage, share: 100 });
  for (let n = 1; n < keptOutMin; n += 1) book.count(id, outcome({ after: 'refuse' }));
  assert.equal(book.find(id)?.state, 'stage');
  const other = world();
  const named = other.start().id;
  other.book.stage(named, { ...stage, share: 100 });
  other.book.count(named, outcome({ after: 'refuse', isAllowed: true }));
  assert.equal(other.book.find(named)?.state, 'stopped');
});

test('N-3: three messages that readers missed take a stage back; each counts once', () => {
  const { book, stopped, start } = world();
  const { id } = start();
  assert.equal(book.complain(id, 'T0' as TraceId), undefined, 'a shadow keeps nothing from anybody');
  book.stage(id, stage);
  for (const trace of ['T1', 'T1', 'T1', 'T2']) book.complain(id, trace as TraceId);
  assert.equal(book.find(id)?.state, 'stage');
  book.complain(id, 'T3' as TraceId);
  assert.deepEqual([book.find(id)?.state, stopped.length], ['stopped', 1]);
  assert.match(book.find(id)?.why ?? '', /were wanted/);
});

test('what was refused anyhow, or only goes to Junk, is not kept out', () => {
  const { book, start } = world();
  const { id } = start();
  book.stage(id, stage);
  for (let n = 0; n < 20; n += 1) {
    book.count(id, outcome({ before: 'refuse', after: 'defer' }));
    book.count(id, outcome({ after: 'junk' }));
  }
  assert.deepEqual([book.find(id)?.state, book.find(id)?.tally.keptOut], ['stage', 0]);
});

test('everything is bounded (S-09)', () => {
  const { book, kept, start } = world();
  const first = start();
  for (let n = 0; n < seenMax + 50; n += 1)
    book.count(first.id, outcome({ after: 'refuse', isStaged: false }));
  assert.equal(book.find(first.id)?.tally.seen.length, seenMax);
  for (let n = 1; n < runningTrialsMax; n += 1) start();
  assert.equal(book.start(changes, dayMs), 'full');
  assert.equal(book.stage('2', stage) === 'another', false);
  assert.equal(book.stage('3', stage), 'another', 'one stage at a time');
  for (let n = 0; n < 40; n += 1) {
    book.end(String(Math.max(...book.list().map(({ id }) => Number(id)))), 'stopped', '');
    book.start(changes, dayMs);
  }
  assert.ok(book.list().length <= trialsKeptMax && kept.size <= trialsKeptMax, String(kept.size));
  assert.equal(new Set(book.list().map(({ id }) => id)).size, book.list().length);
});

test('what was kept and is damaged is no trial', () => {
  for (const value of [undefined, 1, {}, { id: '1', state: 'shadow' }, { id: 1, state: 'odd', changes: {} }])
    assert.equal(readTrial(value), undefined);
});

test('only what weighs can be tried, not what decides who is asked', () => {
  assert.ok(replayableSettings.has('policy.junk_score') && replayableSettings.has('policy.spf.except'));
  assert.ok(!replayableSettings.has('policy.forwarders') && !replayableSettings.has('policy.arc_sealers'));
});
