import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import { dkimLookUpBudget } from '#mailauth/dkim/bounds.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import {
  AskingResolver,
  envelopeAskMs,
  messageAskMs,
  policyQuestionsKept,
  questionsMax,
} from './asking-resolver.ts';

function asking(resolver: Resolver) {
  const clock = createFakeClock();
  const asked: TraceQuestion[] = [];
  const given = new AskingResolver({ resolver, clock, asked: (question) => asked.push(question) });
  return { clock, asked, given };
}

/** What may be asked but for the policy. */
const othersMax = questionsMax - policyQuestionsKept;

const never: Resolver = { ask: () => new Promise(() => undefined) };

test('S-09: so many questions and no more; each is written down with its answer', async () => {
  const { asked, given } = asking(createFakeResolver({ 'a.test': { A: ['192.0.2.1'], MX: ['10 b.test'] } }));
  await given.ask('a.test', 'A');
  await given.ask('a.test', 'MX');
  await given.ask('a.test', 'TXT');
  assert.deepEqual(
    asked.map(({ name, type, answer }) => [name, type, answer]),
    [
      ['a.test', 'A', ['192.0.2.1']],
      ['a.test', 'MX', ['10 b.test']],
      ['a.test', 'TXT', 'nodata'],
    ],
  );
  for (let i = 3; i < othersMax; i += 1) await given.ask('a.test', 'A');
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  given.endPhase();
});

test('P-28: time counts in phases, together for all questions of one', async () => {
  const { clock, given } = asking(never);
  const first = Promise.all([given.ask('a.test', 'A'), given.ask('b.test', 'A')]);
  await clock.advance(envelopeAskMs);
  assert.deepEqual(await first, [err('budget'), err('budget')]);
  assert.deepEqual(await given.ask('c.test', 'A'), err('budget'), 'the phase is over');
  given.beginPhase(messageAskMs);
  const second = given.ask('d.test', 'A');
  await clock.advance(messageAskMs);
  assert.deepEqual(await second, err('budget'));
  given.beginPhase(messageAskMs);
  void given.ask('e.test', 'A');
  given.endPhase();
  await clock.advance(0);
  assert.equal(clock.sleeping, 0, 'no timer is left');
});

test('what is remembered counts and is written down as what is asked, takes no time and no timer', async () => {
  const answer = ok({
    records: [{ type: 'A', name: 'a.test', data: '192.0.2.1' }],
    ttlMs: 0,
    authenticated: false,
  } as const);
  const resolver: Resolver = { ask: (name, type) => (name === 'a.test' ? answer : never.ask(name, type)) };
  const { clock, asked, given } = asking(resolver);
  for (let i = 0; i < othersMax; i += 1) assert.deepEqual(given.ask('a.test', 'A'), answer);
  assert.equal(clock.sleeping, 0);
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  assert.equal(asked.length, othersMax);
  assert.deepEqual(asked[0], { kind: 'dns', name: 'a.test', type: 'A', answer: ['192.0.2.1'], ms: 0 });
  const late = given.forPolicy.ask('b.test', 'A');
  await clock.advance(envelopeAskMs);
  assert.deepEqual(await late, err('budget'));
  assert.deepEqual(
    await given.forPolicy.ask('a.test', 'A'),
    err('budget'),
    'after the phase nothing is said',
  );
  given.endPhase();
});

test('what comes at once is counted and written down as what is asked, within each budget', () => {
  const answer = err('nxdomain' as const);
  const { asked, given } = asking({ ask: () => answer });
  const part = given.within({ queriesMax: 2, totalMs: 1_000 });
  assert.deepEqual(part.ask('a.test', 'A'), answer);
  assert.deepEqual(part.ask('a.test', 'A'), answer);
  assert.deepEqual(part.ask('b.test', 'A'), err('budget'));
  for (let i = 2; i < othersMax; i += 1) assert.deepEqual(given.ask('a.test', 'A'), answer);
  assert.deepEqual(given.ask('a.test', 'A'), err('budget'));
  for (let i = 0; i < policyQuestionsKept; i += 1)
    assert.deepEqual(given.forPolicy.ask('a.test', 'A'), answer);
  assert.deepEqual(given.forPolicy.ask('a.test', 'A'), err('budget'));
  assert.equal(asked.length, questionsMax);
  assert.deepEqual(asked[0], { kind: 'dns', name: 'a.test', type: 'A', answer: 'nxdomain', ms: 0 });
});

test('S-09: what others publish does not fill a record, nor a terminal (S-05)', async () => {
  const data = `\u001b[31m${'x'.repeat(4000)}`;
  const records = Array.from({ length: 100 }, () => ({ type: 'TXT', name: '', data }) as const);
  const { asked, given } = asking({
    ask: () => Promise.resolve(ok({ records, ttlMs: 0, authenticated: false })),
  });
  for (let i = 0; i < othersMax; i += 1) await given.ask(`${i}.test`, 'TXT');
  const text = JSON.stringify(asked);
  assert.ok(text.length < 40_000, String(text.length));
  assert.ok(!text.includes('\\u001b'));
  assert.equal(asked.at(-1)?.answer, '100 records');
  given.endPhase();
});

test('S-09: whoever uses up the questions leaves those that are kept for the policy', async () => {
  const { given, asked } = asking(createFakeResolver({ 'a.test': { A: ['192.0.2.1'] } }));
  for (let i = 0; i < questionsMax; i += 1) await given.ask('a.test', 'A');
  assert.equal(asked.length, othersMax);
  for (let i = 0; i < policyQuestionsKept; i += 1) assert.ok((await given.forPolicy.ask('a.test', 'A')).ok);
  assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('budget'));
  given.endPhase();
});

test('S-09: what the policy asked first it does not have twice', async () => {
  const { given, asked } = asking(createFakeResolver({ 'a.test': { A: ['192.0.2.1'] } }));
  for (let i = 0; i < policyQuestionsKept; i += 1) await given.forPolicy.ask('a.test', 'A');
  for (let i = 0; i < questionsMax; i += 1) await given.ask('a.test', 'A');
  assert.equal(asked.length, questionsMax);
  given.endPhase();
});

test('P-28: keys that never come leave time to ask', () => {
  assert.ok(dkimLookUpBudget.totalMs <= messageAskMs - 1_000);
});

test('S-09: what is asked elsewhere for a message is taken out of its budget first', async () => {
  const { asked, given } = asking(createFakeResolver({}));
  const apart = given.setApart(8, true);
  assert.ok(apart !== undefined);
  assert.equal(given.setApart(questionsMax - policyQuestionsKept - 7, true), undefined, 'no more are left');
  for (let i = 0; i < othersMax - 8; i += 1) await given.ask('a.test', 'A');
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  const question = { kind: 'dns', name: 'b.test', type: 'TXT', answer: ['one'], ms: 1 } as const;
  apart.asked([question, question], false);
  assert.deepEqual(asked.slice(-2), [question, question]);
  // Of eight, two were asked; those for DMARC are kept as before.
  for (let i = 0; i < 6; i += 1) assert.deepEqual(await given.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  for (let i = 0; i < policyQuestionsKept; i += 1)
    assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('budget'));
  given.endPhase();
});

test('S-09: questions of which nobody knows what became are not asked again, but for those of DMARC', async () => {
  const { given } = asking(createFakeResolver({}));
  given.setApart(8, true)?.lost();
  for (let i = 0; i < othersMax - 8; i += 1)
    assert.deepEqual(await given.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('nxdomain'));
  given.endPhase();
});

test('S-09: where DMARC asks here, what is kept for it stays', async () => {
  const { given } = asking(createFakeResolver({}));
  const apart = given.setApart(8, false);
  for (let i = 0; i < othersMax - 8; i += 1) await given.ask('a.test', 'A');
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  for (let i = 0; i < policyQuestionsKept; i += 1)
    assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await given.forPolicy.ask('a.test', 'A'), err('budget'));
  apart?.asked([], false);
  for (let i = 0; i < 8; i += 1) assert.deepEqual(await given.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  given.endPhase();
});

test('S-09: answers that came elsewhere have no room of their own in the record', () => {
  const { asked, given } = asking(createFakeResolver({}));
  const long = { kind: 'dns', name: 'b.test', type: 'TXT', answer: ['x'.repeat(10_000)], ms: 1 } as const;
  given.setApart(8, true)?.asked([long, long], true);
  assert.deepEqual(
    asked.map(({ answer }) => answer),
    [long.answer, '1 records'],
  );
});

test('P-28: the time of a phase begins when its questions are asked elsewhere', async () => {
  const { clock, given } = asking(createFakeResolver({ 'a.test': { A: ['192.0.2.1'] } }));
  given.beginPhase(messageAskMs);
  const apart = given.setApart(8, true);
  await clock.advance(messageAskMs);
  apart?.lost();
  assert.deepEqual(await given.ask('a.test', 'A'), err('budget'));
  given.endPhase();
});
