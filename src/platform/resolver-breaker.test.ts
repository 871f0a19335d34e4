import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err } from '#base/result.ts';
import { createFakeClock } from './fake-clock.ts';
import { withBreaker } from './resolver-breaker.ts';
import type { DnsFailure, Resolver } from './resolver.ts';

function world() {
  const clock = createFakeClock();
  const state: { answer: DnsFailure; asked: number } = { answer: 'timeout', asked: 0 };
  const inner: Resolver = {
    ask: () => {
      state.asked += 1;
      return Promise.resolve(err(state.answer));
    },
  };
  return { clock, state, resolver: withBreaker(inner, clock) };
}

test('P-28: a resolver that nobody heard is left alone for a while, then tried by one question', async () => {
  const { clock, state, resolver } = world();
  for (let i = 0; i < 10; i += 1) assert.deepEqual(await resolver.ask('a.test', 'A'), err('timeout'));
  assert.equal(state.asked, 4, 'three, and one that looks for a sign of life');
  await clock.advance(30_000);
  await Promise.all(Array.from({ length: 10 }, async () => await resolver.ask('a.test', 'A')));
  assert.equal(state.asked, 5);
  await clock.advance(30_000);
  state.answer = 'nxdomain';
  assert.deepEqual(await resolver.ask('a.test', 'A'), err('nxdomain'));
  assert.deepEqual(await resolver.ask('a.test', 'A'), err('nxdomain'));
  assert.equal(state.asked, 8);
});

test('whoever makes his own names silent does not blind us for other names', async () => {
  const clock = createFakeClock();
  const asked: string[] = [];
  const inner: Resolver = {
    ask: (name) => {
      asked.push(name);
      return Promise.resolve(err(name.endsWith('evil.test') ? 'timeout' : 'nxdomain'));
    },
  };
  const resolver = withBreaker(inner, clock);
  for (let i = 0; i < 100; i += 1) await resolver.ask(`${i}.evil.test`, 'TXT');
  assert.deepEqual(await resolver.ask('_dmarc.bank.test', 'TXT'), err('nxdomain'));
  assert.equal(asked.filter((name) => name === 'arpa').length, 33, 'a question for every three silences');
});

test('answers between silences are signs of life, failures of a name too', async () => {
  const { state, resolver } = world();
  for (let i = 0; i < 20; i += 1) {
    state.answer = i % 3 === 0 ? 'servfail' : 'timeout';
    await resolver.ask('a.test', 'A');
  }
  assert.equal(state.asked, 20);
});

test('what is remembered comes at once; silence counts then too, and nothing comes while the resolver counts as dead', async () => {
  const clock = createFakeClock();
  const kept = new Map<string, DnsFailure>([
    ['absent.test', 'nxdomain'],
    ['silent.test', 'timeout'],
  ]);
  let tried = 0;
  const inner: Resolver = {
    ask: (name) => {
      const failure = kept.get(name);
      if (failure !== undefined) return err(failure);
      tried += 1;
      return Promise.resolve(err('timeout'));
    },
  };
  const resolver = withBreaker(inner, clock);
  for (let i = 0; i < 2; i += 1) assert.deepEqual(resolver.ask('silent.test', 'A'), err('timeout'));
  assert.deepEqual(resolver.ask('absent.test', 'A'), err('nxdomain'));
  // That was a sign of life: three more silences are needed.
  for (let i = 0; i < 2; i += 1) assert.deepEqual(resolver.ask('silent.test', 'A'), err('timeout'));
  assert.equal(tried, 0);
  assert.deepEqual(await resolver.ask('silent.test', 'A'), err('timeout'));
  assert.equal(tried, 1);
  assert.deepEqual(resolver.ask('absent.test', 'A'), err('timeout'));
});
