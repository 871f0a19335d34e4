import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { parseAddress } from '#mail/address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createMemoryCounters } from '#store/memory/memory-counters.ts';
import type { Counters } from '#store/contract/store.ts';
import { err } from '#base/result.ts';
import type { Event } from '#trace/events.ts';
import { defaultFeedRules } from '../lists/lists.fixture.ts';
import { BlockFeed } from './block-feed.ts';
import type { BlockFeedParts, Incident, JudgedMail, ProvenAuthor } from './block-feed.ts';
import type { FeedRules } from './feed-settings.ts';
import { parseLocalSubject } from './local-entry.ts';
import type { LocalEntry } from './local-entry.ts';
import { LocalListBook } from './local-list-book.ts';
import { readEntry } from './read-entry.ts';
import { removedForMs } from './removed-entries.ts';
import { MailHistory } from './mail-history.ts';
import { trapKind } from './trap.ts';

const dayMs = 86_400_000;
const client = '203.0.113.5' as ClientAddress;

function world(
  given: Partial<BlockFeedParts> & { readonly set?: Partial<FeedRules>; readonly counters?: Counters } = {},
) {
  const clock = createFakeClock();
  const events: Event[] = [];
  const rules = { ...defaultFeedRules, ...given.set };
  const local = new LocalListBook({ clock, changed: () => undefined, rules });
  const history = new MailHistory({ clock, counters: given.counters ?? createMemoryCounters() });
  const feed = new BlockFeed({
    clock,
    events: { emit: (event) => events.push(event) },
    local,
    history,
    rules,
    isSpared: () => false,
    isKnown: () => false,
    ...given,
  });
  let trace = 0;
  const mail = (change: Partial<JudgedMail> = {}) =>
    feed.judged({
      client,
      trace: `T${(trace += 1)}`,
      isWanted: false,
      traps: ['trap@example.test'],
      author: undefined,
      isVoid: false,
      ...change,
    });
  const listed = () => local.list('block').map(({ subject }) => subject.value);
  const wanted = (from: ClientAddress, domain: string) =>
    mail({ client: from, traps: [], isWanted: true, author: author(`someone@${domain}`) });
  return { clock, events, local, history, feed, mail, listed, wanted };
}

function author(address: string): ProvenAuthor {
  return { address, domain: address.slice(address.indexOf('@') + 1), isOwn: false };
}

const offence = (change: Partial<Incident> = {}): Incident => ({
  kind: 'offender',
  client,
  what: 'a search for names',
  ...change,
});

test('P-25: so many messages to traps make an entry for the one client, with its evidence and an end', async () => {
  const { mail, listed, local, events, clock } = world();
  await mail();
  await mail();
  assert.deepEqual(listed(), []);
  await mail();
  const [entry] = local.list('block');
  assert.deepEqual(listed(), ['203.0.113.5/32']);
  assert.deepEqual(entry?.evidence, { events: 3, traces: 'T1 T2 T3' });
  assert.equal(entry?.origin, 'trap');
  assert.equal(entry?.reason, 'mail to a trap (3) within 24 h');
  assert.deepEqual(
    events.map((event) => event.name),
    ['blocklist-fed'],
  );
  await clock.advance(7 * dayMs);
  assert.deepEqual(listed(), []);
});

test('P-25: events of more than a window ago do not count, nor does one message twice', async () => {
  const { mail, listed, clock } = world();
  await mail();
  await mail();
  await clock.advance(dayMs);
  await mail({ trace: 'same' });
  await mail({ trace: 'same' });
  await mail({ trace: 'same' });
  assert.deepEqual(listed(), []);
});

test('P-25, S-07: never wider than one client: IPv4 /32, IPv6 /64, whatever its neighbours do', async () => {
  const { mail, listed } = world({ set: { eventsMin: 1 } });
  for (let host = 1; host <= 40; host += 1) await mail({ client: `198.51.100.${host}` as ClientAddress });
  for (let host = 1; host <= 4; host += 1) await mail({ client: `2001:db8::${host}` as ClientAddress });
  assert.equal(listed().length, 41);
  for (const entry of listed()) assert.match(entry, /\/(32|64)$/);
  assert.ok(listed().includes('2001:db8::/64'));
});

test('P-25: a provider whose mail is wanted is not listed for one of its users, and neither is that user', async () => {
  const { mail, listed, wanted } = world();
  await wanted('192.0.2.1' as ClientAddress, 'big.example');
  for (let count = 0; count < 20; count += 1) await mail({ author: author('spammer@big.example') });
  assert.deepEqual(listed(), []);
});

test('P-25: a network with more wanted than unwanted mail is spared, and that is told once', async () => {
  const { mail, listed, wanted, events, clock } = world();
  // A forwarder: what it passes on unharmed is proven, what somebody forged through it is not.
  await wanted('203.0.113.77' as ClientAddress, 'friend.example');
  for (let count = 0; count < 20; count += 1) await mail();
  assert.deepEqual(listed(), []);
  assert.deepEqual(
    events.map((event) => event.name),
    ['blocklist-spared'],
  );
  await clock.advance(30 * dayMs + dayMs);
  for (let count = 0; count < 3; count += 1) await mail();
  assert.deepEqual(listed(), ['203.0.113.5/32'], 'after 30 days nobody remembers');
});

test('P-25: nobody outweighs the wanted mail of a shared host by sending more', async () => {
  const { mail, listed, wanted } = world();
  for (const domain of ['one.example', 'two.example']) await wanted(client, domain);
  for (let count = 0; count < 50; count += 1) await mail({ author: author(`x${count}@attacker.example`) });
  assert.deepEqual(
    listed().filter((entry) => entry.includes('/')),
    [],
  );
});

test('P-25: bounces and automatic answers that a forger directs at a trap count against nobody', async () => {
  const { mail, listed } = world();
  for (let count = 0; count < 10; count += 1) await mail({ isVoid: true });
  assert.deepEqual(listed(), []);
});

test('P-25: own, exempt and private networks, allowed clients and our own authors are never listed', async () => {
  const inside = world();
  for (const from of ['127.0.0.1', '10.1.2.3', '192.168.7.7', 'fe80::1', '::1'])
    for (let count = 0; count < 5; count += 1) await inside.mail({ client: from as ClientAddress });
  assert.deepEqual(inside.listed(), []);
  const spared = world({ isSpared: (address) => address === client });
  for (let count = 0; count < 5; count += 1) await spared.mail();
  assert.deepEqual(spared.listed(), []);
  const allowed = world();
  const subject = parseLocalSubject('203.0.113.0/24');
  assert.ok(subject !== undefined);
  allowed.local.add({ list: 'allow', subject, origin: 'administrator' });
  for (let count = 0; count < 5; count += 1) await allowed.mail();
  assert.deepEqual(allowed.listed(), []);
  const own = world();
  for (let count = 0; count < 5; count += 1)
    await own.mail({ author: { ...author('user@example.test'), isOwn: true } });
  assert.deepEqual(own.listed(), []);
});

test('P-25: an unproven author is never listed: a forged name costs nobody anything', async () => {
  const { mail, listed } = world();
  for (let count = 0; count < 5; count += 1) await mail({ author: undefined });
  assert.deepEqual(listed(), ['203.0.113.5/32']);
});

test('P-25: offences of who brings wanted mail, or of whom users log in from, are not its own', async () => {
  const known = world({ isKnown: () => true });
  for (let count = 0; count < 9; count += 1) await known.feed.incident(offence());
  assert.deepEqual(known.listed(), []);
  const stranger = world();
  for (let count = 0; count < 3; count += 1) await stranger.feed.incident(offence({ trace: `O${count}` }));
  assert.deepEqual(stranger.listed(), ['203.0.113.5/32']);
  assert.equal(stranger.local.list('block')[0]?.origin, 'offender');
});

test('P-25: several readers list an author who is proven, one reader nobody', async () => {
  const { feed, listed } = world();
  const report = (once: string) =>
    feed.incident({
      kind: 'report',
      client,
      what: 'a report of a user',
      once,
      author: author('news@loud.example'),
    });
  for (let count = 0; count < 9; count += 1) await report('one');
  assert.deepEqual(listed(), []);
  await report('two');
  const answer = await report('three');
  assert.deepEqual(answer.entries.toSorted(), ['203.0.113.5/32', 'news@loud.example']);
});

test('P-25: reports of mail from a provider whose mail is wanted list its author only', async () => {
  const { feed, listed, wanted } = world();
  await wanted(client, 'big.example');
  for (const once of ['one', 'two', 'three'])
    await feed.incident({ kind: 'report', client, what: 'r', once, author: author('loud@big.example') });
  assert.deepEqual(listed(), ['loud@big.example']);
});

test('P-25: what was taken off by hand stays off for a month', async () => {
  const { mail, listed, local, clock } = world();
  for (let count = 0; count < 3; count += 1) await mail();
  const [entry] = local.list('block');
  assert.ok(entry !== undefined);
  local.remove('block', entry.subject);
  for (let count = 0; count < 9; count += 1) await mail();
  assert.deepEqual(listed(), []);
  local.add({ list: 'block', subject: entry.subject, origin: 'administrator' });
  assert.deepEqual(listed(), ['203.0.113.5/32'], 'a person may change their mind');
  local.remove('block', entry.subject);
  await clock.advance(removedForMs);
  for (let count = 0; count < 3; count += 1) await mail();
  assert.deepEqual(listed(), ['203.0.113.5/32']);
});

test('P-25: the number of automatic entries is capped; the one that ends first makes room', async () => {
  const { mail, listed, clock } = world({ set: { eventsMin: 1, entriesMax: 10 } });
  for (let host = 1; host <= 15; host += 1) {
    await mail({ client: `198.51.100.${host}` as ClientAddress });
    await clock.advance(1000);
  }
  assert.equal(listed().length, 10);
  assert.ok(!listed().includes('198.51.100.5/32'));
  assert.ok(listed().includes('198.51.100.15/32'));
});

test('P-25: whoever holds a /48 or a domain without bound of names pushes out its own entries, and no others', async () => {
  const { mail, listed, clock } = world({ set: { eventsMin: 1, entriesMax: 8 } });
  const others = ['198.51.100.7', '2001:db8:1::5', '2001:db8:2:9::5'];
  for (const one of others) await mail({ client: one as ClientAddress });
  for (let host = 1; host <= 300; host += 1) {
    await clock.advance(1000);
    await mail({ client: `2001:db8:bad:${host.toString(16)}::1` as ClientAddress });
  }
  const kept = ['2001:db8:2:9::/64', '2001:db8:1::/64', '198.51.100.7/32'];
  assert.deepEqual(listed().slice(-3).toSorted(), kept.toSorted());
  assert.ok(listed().includes('2001:db8:bad:12c::/64'));
  assert.equal(listed().length, 8);
});

test('P-25: an author with a domain without bound of names pushes out his own entries only', async () => {
  const { feed, mail, listed, clock } = world({ set: { eventsMin: 1, entriesMax: 4 } });
  await mail({ client: '198.51.100.7' as ClientAddress });
  for (let count = 1; count <= 20; count += 1) {
    await clock.advance(1000);
    const from = { ...author(`a@n${count}.bad.example`), domain: 'bad.example' };
    await feed.incident({ kind: 'report', client, what: 'r', once: `${count}`, author: from });
  }
  assert.equal(listed().length, 4);
  assert.ok(listed().includes('198.51.100.7/32'));
});

test('P-25: while the store cannot tell what a network was worth, nobody is listed', async () => {
  const trouble = err({ code: 'busy', detail: 'test' } as never);
  const counters: Counters = { add: async () => trouble, read: async () => trouble };
  const { mail, listed } = world({ counters });
  for (let count = 0; count < 9; count += 1) await mail();
  assert.deepEqual(listed(), []);
});

test('P-25: switched off, nothing counts and nothing is a trap', async () => {
  const { mail, feed, listed } = world({ set: { automatic: false, traps: ['trap@example.test'] } });
  for (let count = 0; count < 9; count += 1) await mail();
  assert.deepEqual(listed(), []);
  assert.equal(feed.isTrap(addressOf('trap@example.test')), false);
});

test('a trap is compared as addresses are: a letter of another case that is composed otherwise is the same', () => {
  const trap = trapKind.read('J\u030c@example.test');
  assert.ok(trap.ok);
  const { feed } = world({ set: { traps: [trap.value] } });
  for (const text of ['J\u030c@example.test', 'j\u030c@example.test', '\u01f0@example.test'])
    assert.ok(feed.isTrap(addressOf(text)), text);
  assert.ok(!feed.isTrap(addressOf('j@example.test')));
});

test('S-03: a name that every domain must have is no trap, not by a pattern either', () => {
  const { feed } = world({ set: { traps: ['*@old.example', 'sold@example.test'] } });
  for (const [text, is] of [
    ['sold@example.test', true],
    ['SOLD@example.test', true],
    ['anybody@old.example', true],
    ['postmaster@old.example', false],
    ['abuse+x@old.example', false],
    ['user@example.test', false],
  ] as const)
    assert.equal(feed.isTrap(addressOf(text)), is, text);
  for (const text of ['postmaster@example.test', 'example.test', '192.0.2.1', '*', 'x'])
    assert.ok(!trapKind.read(text).ok, text);
  assert.ok(trapKind.read('sold@example.test').ok);
});

function addressOf(text: string) {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok);
  return parsed.value;
}

test('counts outlive a restart once they are written, and are read before', async () => {
  const clock = createFakeClock();
  const counters = createMemoryCounters();
  const first = new MailHistory({ clock, counters });
  first.wanted({ client, domain: 'friend.example' });
  assert.deepEqual(await first.ofNetwork(client), { wanted: 1, unwanted: 0 });
  await first.flush();
  const second = new MailHistory({ clock, counters });
  assert.equal(await second.isWanted('friend.example'), true);
  assert.deepEqual(await second.ofNetwork('203.0.113.200' as ClientAddress), { wanted: 1, unwanted: 0 });
});

test('P-25: what was taken off by hand stays off over a restart too', async () => {
  const clock = createFakeClock();
  const kept = new Map<string, LocalEntry>();
  const changed = (key: string, entry: LocalEntry | undefined): void => {
    if (entry === undefined) kept.delete(key);
    else kept.set(key, entry);
  };
  const subject = parseLocalSubject('203.0.113.5');
  assert.ok(subject !== undefined);
  const first = new LocalListBook({ clock, changed });
  first.add({ list: 'block', subject, origin: 'trap', forMs: dayMs });
  first.remove('block', subject);
  // As it lies in the store.
  const rows = [...kept.values()].map((row) => readEntry(JSON.parse(JSON.stringify(row)))?.row);
  const second = new LocalListBook({ clock, changed });
  second.restore(rows.filter((row) => row !== undefined));
  assert.equal(second.add({ list: 'block', subject, origin: 'offender', forMs: dayMs }), 'settled');
  assert.deepEqual(second.list('block'), []);
  await clock.advance(removedForMs);
  const third = new LocalListBook({ clock, changed });
  third.restore([...kept.values()]);
  assert.equal(kept.size, 0, 'and is forgotten after it');
  assert.notEqual(third.add({ list: 'block', subject, origin: 'trap', forMs: dayMs }), 'settled');
});

test('P-25: what a person lists while an incident is looked up is not shortened by it', async () => {
  const { mail, local, events, listed } = world();
  await mail();
  await mail();
  const counting = mail();
  const subject = parseLocalSubject('203.0.113.5');
  assert.ok(subject !== undefined);
  local.add({ list: 'block', subject, origin: 'administrator' });
  await counting;
  const [entry] = local.list('block');
  assert.deepEqual([listed().length, entry?.origin, entry?.untilMs], [1, 'administrator', undefined]);
  assert.ok(!events.some(({ name }) => name === 'blocklist-fed'));
});

test('P-25: incidents that come at once make one entry, and tell of it once', async () => {
  const { mail, listed, events } = world();
  await mail();
  await mail();
  await Promise.all([mail(), mail(), mail()]);
  assert.deepEqual(listed(), ['203.0.113.5/32']);
  assert.equal(events.filter(({ name }) => name === 'blocklist-fed').length, 1);
});
