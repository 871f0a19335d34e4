import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { createFakeTextFiles } from '#platform/fake-text-files.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { AskingResolver, questionsMax } from '../asking-resolver.ts';
import { listAssignment } from '../list-files/list-assignment.ts';
import { endpoint } from '#config/kinds/ip-address.ts';
import { dnsLists } from './dns-lists.ts';
import { listsFor, only } from './lists.fixture.ts';
import { OwnResolvers } from './own-resolvers.ts';

const client = [{ what: 'client', name: '203.0.113.5' }] as const;
const listedAtZen: ZoneTable = {
  '2.0.0.127.zen.spamhaus.org': { A: ['127.0.0.2'] },
  '5.113.0.203.zen.spamhaus.org': { A: ['127.0.0.4'] },
};

function world(given: Partial<Parameters<typeof listsFor>[0]> = {}, zone: ZoneTable = {}) {
  const clock = createFakeClock();
  const resolver = createFakeResolver(zone);
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const lists = listsFor({
    clock,
    resolver,
    settings,
    checks: only('spamhaus-zen', 'spamhaus-dbl'),
    ...given,
  });
  const state = (name: string) => lists.dns.list().find(({ list }) => list.name === name);
  return { clock, resolver, lists, state };
}

test('I-33: a list that is kept here as a file asks nobody, through a public resolver too', async () => {
  const textFiles = createFakeTextFiles({
    '/zen': '203.0.113.0/24 :4:\n',
    '/pbl': ':127.0.0.10:\n203.0.113.5\n',
    '/dbl': '.bad.example :127.0.1.4:\n',
  });
  const zones = [
    { list: 'spamhaus-zen', value: '/zen' },
    { list: 'spamhaus-zen', value: '/pbl' },
    { list: 'spamhaus-dbl', value: '/dbl' },
  ];
  const { lists, resolver, state, clock } = world({
    textFiles,
    fileValues: { zones },
    publicResolvers: ['8.8.8.8'],
  });
  await lists.files.refresh();
  const [said] = await lists.dns.ask('client', client, resolver);
  assert.equal(said?.outcome, 'listed');
  assert.deepEqual(said?.hits[0]?.codes, ['127.0.0.4', '127.0.0.10']);
  const [names] = await lists.dns.ask('names', [{ what: 'sender', name: 'bad.example' }], resolver);
  assert.deepEqual(names?.hits[0]?.meanings, ['a domain of phishing']);
  assert.deepEqual(resolver.asked, []);
  assert.equal(state('spamhaus-zen')?.askedAt, 'files');
  // It is rsynced anew: what it holds counts from then on.
  textFiles.put('/zen', '198.51.100.0/24 :4:\n', 5);
  textFiles.put('/pbl', '198.51.100.0/24 :10:\n', 5);
  await lists.files.refresh();
  await clock.advance(60_000);
  assert.equal((await lists.dns.ask('client', client, resolver))[0]?.outcome, 'clean');
});

test('I-33, P-22: a file that is missing or lists everything is an error and no hit', async () => {
  const textFiles = createFakeTextFiles({ '/all': '0.0.0.0/0\n' });
  for (const path of ['/missing', '/all']) {
    const zones = [{ list: 'spamhaus-zen', value: path }];
    const { lists, resolver } = world({ textFiles, fileValues: { zones } }, listedAtZen);
    await lists.files.refresh();
    const [said] = await lists.dns.ask('client', client, resolver);
    assert.equal(said?.outcome, 'error', path);
    assert.deepEqual(resolver.asked, [], 'and the DNS is no way out: its terms may forbid it');
  }
});

test('I-33: a list with a resolver of its own is asked there and nowhere else, within the budget of the message', async () => {
  const own = createFakeResolver(listedAtZen);
  const endpoints = [{ list: 'spamhaus-zen', value: { address: '192.0.2.53', port: 53 } as never }];
  const made: string[] = [];
  const ownResolvers = new OwnResolvers({
    values: { resolvers: endpoints },
    make: ([server = '']) => {
      made.push(server);
      return own;
    },
  });
  const { lists, resolver, clock, state } = world({ ownResolvers, publicResolvers: ['8.8.8.8'] });
  const asked: string[] = [];
  const budget = new AskingResolver({ resolver, clock, asked: ({ name }) => asked.push(name) });
  const [said] = await lists.dns.ask('client', client, budget);
  budget.endPhase();
  assert.equal(said?.outcome, 'listed');
  assert.deepEqual(resolver.asked, []);
  assert.deepEqual(made, ['192.0.2.53:53']);
  assert.deepEqual(asked, ['5.113.0.203.zen.spamhaus.org'], 'the trace has it');
  assert.equal(state('spamhaus-zen')?.askedAt, 'resolver');
  assert.deepEqual(state('spamhaus-dbl')?.keptBy, ['8.8.8.8'], 'the others are still kept from it');
});

test('S-09: questions to a resolver of a list count as all others', async () => {
  const own: Resolver = createFakeResolver({});
  const { clock, resolver } = world();
  const budget = new AskingResolver({ resolver, clock, asked: () => undefined });
  const answers = await Promise.all(
    Array.from(
      { length: questionsMax + 10 },
      async (_, index) => await budget.through(own).ask(`${index}.example`, 'A'),
    ),
  );
  budget.endPhase();
  assert.ok(answers.filter((answer) => !answer.ok && answer.error === 'budget').length >= 10);
});

test('I-33: how a list and its value are written', () => {
  const kind = listAssignment(
    dnsLists.map(({ name }) => name),
    endpoint,
  );
  const read = kind.read('spamhaus-zen=192.0.2.53:53');
  assert.ok(read.ok);
  assert.equal(kind.write(read.value), 'spamhaus-zen=192.0.2.53:53');
  assert.ok(kind.read('bl.example.net=[2001:db8::1]:53').ok);
  for (const text of ['nolist=192.0.2.53:53', 'spamhaus-zen=', '=192.0.2.53:53', 'spamhaus-zen', 7])
    assert.ok(!kind.read(text).ok, String(text));
});

test('I-33: a file that is there at last counts at once', async () => {
  const textFiles = createFakeTextFiles();
  const zones = [{ list: 'spamhaus-zen', value: '/zen' }];
  const { lists, resolver } = world({ textFiles, fileValues: { zones } });
  const outcome = async () => (await lists.dns.ask('client', client, resolver))[0]?.outcome;
  assert.equal(await outcome(), 'error');
  textFiles.put('/zen', '203.0.113.5 :4:\n');
  assert.equal(await outcome(), 'error', 'it is not read yet');
  await lists.files.refresh();
  assert.equal(await outcome(), 'listed');
});
