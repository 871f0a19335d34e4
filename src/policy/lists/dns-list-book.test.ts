import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { EventSink } from '#trace/events.ts';
import type { ListValues } from './dns-list-book.ts';
import { listTestEveryMs } from './list-health.ts';
import { only, listsFor } from './lists.fixture.ts';
import { ownZoneKind } from './own-zones.ts';
import { withListKeys } from './with-list-keys.ts';

const client = [{ what: 'client', name: '203.0.113.5' }] as const;

/** A list as RFC 5782 §5 has it. */
function alive(zone: string, entries: ZoneTable = {}): ZoneTable {
  return {
    [`2.0.0.127.${zone}`]: { A: ['127.0.0.2'] },
    ...Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`${name}.${zone}`, entry])),
  };
}

interface Given {
  readonly zone?: ZoneTable;
  readonly resolver?: Resolver;
  readonly on?: readonly string[];
  readonly values?: Partial<ListValues>;
  readonly publicResolvers?: readonly string[];
}

function world({ zone = {}, resolver, on = ['psbl'], values = {}, publicResolvers = [] }: Given) {
  const clock = createFakeClock();
  const fake = createFakeResolver(zone);
  const told: string[] = [];
  const events: EventSink = {
    emit: (event) => told.push(`${event.name} ${'list' in event ? event.list : ''}`),
  };
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const used = resolver ?? fake;
  const lists = listsFor({
    clock,
    resolver: used,
    settings,
    events,
    values,
    checks: only(...on),
    publicResolvers,
  });
  const ask = () => lists.dns.ask('client', client, withListKeys(used, lists.keys));
  const state = (name: string) => lists.dns.list().find(({ list }) => list.name === name)?.report;
  return { clock, fake, told, lists, ask, state };
}

test('a hit names list, subject, code and meaning', async () => {
  const { ask, state } = world({ zone: alive('psbl.surriel.com', { '5.113.0.203': { A: ['127.0.0.2'] } }) });
  const [said] = await ask();
  assert.deepEqual(said, {
    list: 'psbl',
    title: 'Passive Spam Block List',
    lookUpAt: 'https://psbl.org/listing',
    outcome: 'listed',
    hits: [{ what: 'client', name: '203.0.113.5', codes: ['127.0.0.2'], meanings: ['a source of spam'] }],
    share: 1,
  });
  assert.deepEqual(
    { ...state('psbl'), testedMs: 0 },
    { state: 'works', problem: undefined, testedMs: 0, asked: 1, listed: 1, failed: 0 },
  );
});

test('P-22: a list that lists everything, or nothing, is switched off with an event and asked again in an hour', async () => {
  const everything: Resolver = {
    ask: async (name, type) => createFakeResolver({ [name]: { A: ['127.0.0.2'] } }).ask(name, type),
  };
  for (const [resolver, problem] of [
    [everything, 'it lists everything'],
    [createFakeResolver({}), 'it does not list its own test entry'],
  ] as const) {
    const { ask, state, told, clock } = world({ resolver });
    const [said] = await ask();
    assert.equal(said?.outcome, 'error');
    assert.equal(said?.problem, `it is not asked just now: ${problem}`);
    assert.equal(state('psbl')?.state, 'dead');
    assert.deepEqual(told, ['list-off psbl']);
    await clock.advance(listTestEveryMs - 1);
    await ask();
    assert.deepEqual(told, ['list-off psbl'], 'told once');
  }
});

test('a list that comes back is asked again', async () => {
  const zone: Record<string, { readonly A: readonly string[] }> = {};
  const resolver: Resolver = { ask: (name, type) => createFakeResolver(zone).ask(name, type) };
  const { ask, told, clock } = world({ resolver });
  assert.equal((await ask())[0]?.outcome, 'error');
  zone['2.0.0.127.psbl.surriel.com'] = { A: ['127.0.0.2'] };
  assert.equal((await ask())[0]?.outcome, 'error', 'not before its time');
  await clock.advance(listTestEveryMs);
  assert.equal((await ask())[0]?.outcome, 'clean');
  assert.deepEqual(told, ['list-off psbl', 'list-on psbl']);
});

test('a list that refuses us is never a hit, whatever it is asked', async () => {
  for (const code of ['127.255.255.254', '127.0.0.1']) {
    const resolver: Resolver = {
      ask: (name, type) => createFakeResolver({ [name]: { A: [code] } }).ask(name, type),
    };
    const { ask, state } = world({ resolver });
    assert.equal((await ask())[0]?.outcome, 'error');
    assert.equal(state('psbl')?.state, 'refuses');
  }
});

test('P-28: a list that never answers costs two seconds once, then nothing for a minute', async () => {
  let questions = 0;
  const resolver: Resolver = {
    ask: () => {
      questions += 1;
      return new Promise(() => undefined);
    },
  };
  const { ask, clock, state } = world({ resolver });
  const first = ask();
  await clock.advance(2000);
  assert.equal((await first)[0]?.problem, 'it is not asked just now: it does not answer');
  const before = questions;
  assert.equal((await ask())[0]?.outcome, 'error');
  assert.equal(questions, before);
  assert.equal(state('psbl')?.state, 'silent');
});

test('P-28: an answer that does not come is not waited for longer than three seconds', async () => {
  const known = createFakeResolver(alive('psbl.surriel.com'));
  const resolver: Resolver = {
    ask: (name, type) => (name.startsWith('5.113') ? new Promise(() => undefined) : known.ask(name, type)),
  };
  const { ask, clock, state } = world({ resolver });
  for (let count = 0; count < 5; count += 1) {
    const asked = ask();
    await clock.advance(3000);
    assert.equal((await asked)[0]?.outcome, 'unanswered');
  }
  assert.equal(state('psbl')?.state, 'untested', 'after five in a row it must show that it lives');
  assert.equal(state('psbl')?.failed, 5);
});

test('a list that is off is not asked, nor is any through a public resolver', async () => {
  const off = world({ on: [] });
  assert.deepEqual(await off.ask(), []);
  const open = world({ publicResolvers: ['8.8.8.8'] });
  assert.equal(open.lists.dns.isAsked('client'), false);
  assert.deepEqual(await open.ask(), []);
  assert.deepEqual(open.lists.dns.keptBy, ['8.8.8.8']);
  assert.deepEqual([...off.fake.asked, ...open.fake.asked], []);
  const meant = world({ publicResolvers: ['8.8.8.8'], values: { publicResolver: true } });
  assert.equal(meant.lists.dns.isAsked('client'), true);
});

test('a key goes into the question that is sent and into nothing else', async () => {
  const secret = 'k3yk3yk3y';
  const zone = alive(`${secret}.zen.dq.spamhaus.net`, { '5.113.0.203': { A: ['127.0.0.4'] } });
  const { ask, lists, fake, told } = world({ zone, on: ['spamhaus-zen'] });
  await lists.keys.set('spamhaus', secret);
  const said = await ask();
  assert.equal(said[0]?.outcome, 'listed');
  assert.ok(fake.asked.includes(`5.113.0.203.${secret}.zen.dq.spamhaus.net A`));
  for (const shown of [said, told, lists.dns.list()]) assert.ok(!JSON.stringify(shown).includes(secret));
});

test('a list that refused us is asked at once with its new key', async () => {
  const secret = 'k3yk3yk3y';
  const zone: ZoneTable = {
    ...alive(`${secret}.zen.dq.spamhaus.net`, { '5.113.0.203': { A: ['127.0.0.4'] } }),
    '2.0.0.127.zen.spamhaus.org': { A: ['127.255.255.254'] },
  };
  const { ask, lists, state, told } = world({ zone, on: ['spamhaus-zen'] });
  assert.equal((await ask())[0]?.outcome, 'error');
  assert.equal(state('spamhaus-zen')?.state, 'refuses');
  await lists.keys.set('spamhaus', secret);
  lists.dns.keyChanged('spamhaus');
  assert.equal((await ask())[0]?.outcome, 'listed');
  assert.deepEqual(told, ['list-off spamhaus-zen', 'list-on spamhaus-zen']);
  // A key that was taken away, or a wrong one, is not believed for the rest of the hour either.
  await lists.keys.set('spamhaus', undefined);
  lists.dns.keyChanged('spamhaus');
  assert.equal((await ask())[0]?.outcome, 'error');
});

test('a zone that an administrator named is asked, and of many links only so many', async () => {
  const zone: ZoneTable = {
    'test.uri.example': { A: ['127.0.0.2'] },
    'bad7.example.uri.example': { A: ['127.0.0.9'] },
  };
  const domainZones = ['uri.example'];
  const { lists, fake } = world({
    zone,
    on: ['own-domain-lists-links'],
    values: { domainZones, lookupsMax: 10 },
  });
  const links = Array.from(
    { length: 50 },
    (_, index) => ({ what: 'link', name: `bad${index}.example` }) as const,
  );
  const [said] = await lists.dns.ask('links', links, fake);
  assert.equal(said?.list, 'uri.example');
  assert.deepEqual(
    said?.hits.map(({ name }) => name),
    ['bad7.example'],
  );
  assert.equal(fake.asked.filter((name) => name.startsWith('bad')).length, 10);
});

test('I-33: a subscribed zone of an administrator’s own is asked with its key, which stands nowhere else', async () => {
  const secret = 'k3yk3yk3y';
  const zone = alive(`${secret}.bl.example.net`, { '5.113.0.203': { A: ['127.0.0.9'] } });
  const values = { addressZones: ['{mine}.bl.example.net'] };
  const { ask, lists, fake, told, state } = world({ zone, on: ['own-address-lists'], values });
  assert.equal((await ask())[0]?.problem, 'it is not asked just now: it has no key: postern lists key mine');
  assert.equal(fake.asked.length, 0, 'and nobody is asked without it');
  await lists.keys.set('mine', secret);
  lists.dns.keyChanged('mine');
  const said = await ask();
  assert.equal(said[0]?.outcome, 'listed');
  assert.equal(said[0]?.list, 'bl.example.net');
  assert.ok(fake.asked.includes(`5.113.0.203.${secret}.bl.example.net A`));
  for (const shown of [said, told, lists.dns.list(), state('bl.example.net')])
    assert.ok(!JSON.stringify(shown).includes(secret));
  assert.deepEqual(lists.keys.names, ['spamhaus', 'mine']);
  // What a sender has asked for reaches the list itself at most.
  await withListKeys(fake, lists.keys).ask('{mine}.bl.example.net.evil.example', 'A');
  assert.ok(fake.asked.includes('{mine}.bl.example.net.evil.example A'));
});

test('I-33: a zone is written with the name of its key, never with the key in its place', () => {
  for (const [text, value] of [
    ['bl.example.net', 'bl.example.net'],
    ['{Mine-2}.BL.example.net', '{mine-2}.bl.example.net'],
  ] as const) {
    const read = ownZoneKind.read(text);
    assert.ok(read.ok && read.value === value, text);
  }
  for (const text of [
    '{}.bl.example.net',
    '{a b}.bl.example.net',
    'x.{a}.example.net',
    '{a}bl.example.net',
    '{a}.net',
    'net',
  ])
    assert.ok(!ownZoneKind.read(text).ok, text);
});
