import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import { dkimIdentifiersMax, judgeDmarc } from './judge-dmarc.ts';
import { domain, judge, judgeWith, zoneOf } from './judge-dmarc.fixture.ts';
import { reject, unlike } from './dmarc-cases.fixture.ts';

test('the policy is sought before SPF and DKIM have used up the DNS budget (S-09)', async () => {
  const clock = createFakeClock();
  const resolver = withBudget(createFakeResolver(zoneOf({ 'example.com': reject })), clock, {
    queriesMax: 3,
    totalMs: 1000,
  });
  const greedy = (async () => {
    for (let i = 0; i < 10; i += 1) await resolver.ask(`${i}.evil.example`, 'TXT');
    return { result: 'pass', domain: 'evil.example' } as const;
  })();
  const outcome = await judgeDmarc(
    { authorDomain: domain('example.com'), spf: greedy, dkim: [] },
    { resolver, clock },
  );
  assert.equal(outcome.result, 'fail');
  assert.equal(outcome.policy?.wanted, 'reject');
});

test('a budget that is used up is told apart from a DNS that is silent', async () => {
  const outcome = await judgeWith(
    { from: 'example.com' },
    createFakeResolver(zoneOf({ 'example.com': 'budget' })),
  );
  assert.deepEqual(outcome.unanswered, { name: '_dmarc.example.com', failure: 'budget' });
  assert.match(outcome.reason, /DNS budget/);
});

test('names that cannot be in the DNS are not asked for', async () => {
  const label = 'a'.repeat(60);
  const long = `${label}.${label}.${label}.${label}.example`;
  assert.ok(long.length <= 253);
  const { outcome, asked } = await judge({ from: long }, { example: reject });
  assert.equal(asked.length, 4);
  assert.equal(outcome.policy?.domain, 'example');
});

test('a message with many signatures costs no more than its own tree', async () => {
  const deep = (i: number) => `${'x.'.repeat(100)}${i}.example.com`;
  const dkim = Array.from({ length: 100 }, (_, i) => deep(i));
  const { outcome, asked } = await judge({ from: 'example.com', dkim }, { 'example.com': reject });
  assert.equal(outcome.dkim.length, dkimIdentifiersMax);
  assert.ok(asked.length <= 2 + 7 * dkimIdentifiersMax, `${asked.length} questions`);
  const strangers = dkim.map((name) => name.replace('example.com', 'evil.example'));
  assert.equal(
    (await judge({ from: 'example.com', dkim: strangers }, { 'example.com': reject })).asked.length,
    2,
  );
});

test('records with huge or foreign text are told cleaned', async () => {
  const text = `v=DMARC1; p=none; x=\u001b[31m${'y'.repeat(60_000)}`;
  const resolver = {
    ask: () =>
      Promise.resolve(
        ok({ records: [{ type: 'TXT', name: '', data: text } as const], ttlMs: 1, authenticated: false }),
      ),
  };
  const outcome = await judgeWith({ from: 'example.com' }, resolver);
  const told = JSON.stringify(outcome.asked);
  assert.ok(told.length < 2000 && !told.includes('\u001b') && !told.includes('\\u001b'));
});

test('S-09: what is asked of the author is asked before SPF and the signatures come', async () => {
  const resolver = createFakeResolver({ ...zoneOf({ 'example.com': `${unlike}; psd=n` }) });
  const dkim = Promise.withResolvers<readonly []>();
  const spf = Promise.withResolvers<undefined>();
  const judging = judgeDmarc(
    { authorDomain: domain('ghost.sub.example.com'), spf: spf.promise, dkim: dkim.promise },
    { resolver, clock: createFakeClock() },
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  const early = resolver.asked.length;
  spf.resolve(undefined);
  dkim.resolve([]);
  assert.equal((await judging).policy?.tag, 'np');
  assert.equal(resolver.asked.length, early);
});
