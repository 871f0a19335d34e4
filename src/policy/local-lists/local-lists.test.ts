import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { KeptRows } from '../kept-rows.ts';
import { comparedAddress, parseLocalSubject } from './local-entry.ts';
import type { LocalEntry, LocalSubject } from './local-entry.ts';
import {
  automaticEntriesMax,
  LocalListBook,
  localEntriesMax,
  searchedEntriesMax,
} from './local-list-book.ts';
import { matchesPattern } from './matches-pattern.ts';
import { readEntry } from './read-entry.ts';

function subject(text: string): LocalSubject {
  const parsed = parseLocalSubject(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function book(changed: (key: string, entry: LocalEntry | undefined) => void = () => undefined) {
  const clock = createFakeClock();
  return { clock, lists: new LocalListBook({ clock, changed }) };
}

const asked = (address: string) => ({
  address: comparedAddress(address),
  domain: address.slice(address.lastIndexOf('@') + 1).toLowerCase(),
});

test('an address is the same however it is spelled', () => {
  const spellings = ['J\u030coe@example.test', '\u01f0OE@example.test', '"\u01f0oe"@Example.Test'];
  assert.equal(new Set(spellings.map(comparedAddress)).size, 1);
});

test('what a person types', () => {
  for (const [text, kind, value] of [
    ['203.0.113.5', 'network', '203.0.113.5/32'],
    ['203.0.113.0/24', 'network', '203.0.113.0/24'],
    ['::ffff:203.0.113.5', 'network', '203.0.113.5/32'],
    ['2001:db8::/64', 'network', '2001:db8::/64'],
    ['Example.ORG', 'domain', 'example.org'],
    ['bücher.example', 'domain', 'xn--bcher-kva.example'],
    ['Info@Example.org', 'address', 'info@example.org'],
    ['*@*.Example', 'pattern', '*@*.example'],
    ['news*@example.org', 'pattern', 'news*@example.org'],
  ] as const)
    assert.deepEqual(parseLocalSubject(text), { kind, value }, text);
  for (const text of [
    '',
    '203.0.113.5/24',
    '203.0.113.0/33',
    'org',
    '*',
    '*@*',
    '*.*@*.*',
    'a@b@c*',
    '@example.org',
    'x'.repeat(400),
    'a b@example.org',
    `${'*a'.repeat(9)}@example.org`,
  ])
    assert.equal(parseLocalSubject(text), undefined, text);
});

test('a client is found by address and by network, in one spelling (S-07)', () => {
  const { lists } = book();
  for (const text of ['203.0.113.5', '198.51.100.0/24', '2001:db8::/64', '10.0.0.0/9', '2001:db8:1::1'])
    lists.add({ list: 'block', subject: subject(text), origin: 'administrator' });
  const has = (client: string) => lists.findClient('block', client as ClientAddress) !== undefined;
  for (const client of ['203.0.113.5', '198.51.100.77', '2001:db8::9', '10.127.0.1', '2001:db8:1::1'])
    assert.ok(has(client), client);
  for (const client of ['203.0.113.6', '198.51.101.1', '2001:db8:0:1::9', '10.128.0.1', '2001:db8:1::2'])
    assert.ok(!has(client), client);
  assert.equal(lists.findClient('allow', '203.0.113.5' as ClientAddress), undefined);
});

test('an address is found by itself, a pattern, its domain and what lies above', () => {
  const { lists } = book();
  for (const text of ['bad@example.org', 'spam.example', '*-offer@*.example.net'])
    lists.add({ list: 'block', subject: subject(text), origin: 'administrator' });
  const has = (address: string) => lists.findAddress('block', asked(address)) !== undefined;
  for (const address of [
    'bad@example.org',
    'BAD@example.org',
    'a@spam.example',
    'a@deep.below.spam.example',
    'big-offer@shop.example.net',
  ])
    assert.ok(has(address), address);
  for (const address of [
    'good@example.org',
    'a@notspam.example',
    'a@spam.example.org',
    'big-offer@example.net',
    'a@example',
  ])
    assert.ok(!has(address), address);
});

test('an entry ends when it should, and one of the same name takes its place', async () => {
  const { clock, lists } = book();
  const entry = { list: 'block', subject: subject('spam.example'), origin: 'administrator' } as const;
  lists.add({ ...entry, forMs: 1000, reason: 'once' });
  assert.equal(lists.findDomain('block', 'spam.example')?.reason, 'once');
  await clock.advance(1000);
  assert.equal(lists.findDomain('block', 'spam.example'), undefined);
  assert.deepEqual(lists.list('block'), []);
  assert.equal(lists.remove('block', entry.subject), undefined, 'it was over');
  lists.add({ ...entry, reason: 'twice' });
  lists.add({ ...entry, reason: 'thrice' });
  assert.deepEqual(
    lists.list('block').map(({ reason }) => reason),
    ['thrice'],
  );
  assert.equal(lists.remove('block', entry.subject)?.reason, 'thrice');
});

test('P-24: entries outlive a restart with origin, reason and expiry; what is over or unknown does not', async () => {
  const clock = createFakeClock();
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const keep = () =>
    new KeptRows<LocalEntry>({
      settings,
      namePrefix: 'lists.kept_',
      failed: ({ code }) => assert.fail(code),
      read: readEntry,
    });
  const first = keep();
  const lists = new LocalListBook({ clock, changed: (key, entry) => first.changed(key, entry) });
  const origin = 'administrator';
  lists.add({ list: 'allow', subject: subject('good.example'), origin, reason: 'a friend', forMs: 60_000 });
  lists.add({ list: 'block', subject: subject('192.0.2.0/24'), origin, forMs: 1000 });
  lists.add({ list: 'block', subject: subject('*@spam.example'), origin: 'trap', evidence: { mails: 3 } });
  await first.flush();
  await clock.advance(2000);
  const second = keep();
  const again = new LocalListBook({ clock, changed: (key, entry) => second.changed(key, entry) });
  again.restore(await second.load());
  assert.deepEqual(again.list('allow'), lists.list('allow'));
  assert.deepEqual(again.list('block'), lists.list('block'));
  assert.equal(again.list('block').length, 1);
  for (const value of [null, 7, 'x', {}, { list: 'block' }, { list: 'x', subject: { value: 'a.example' } }])
    assert.equal(readEntry(value), undefined);
});

test('S-09: the lists are bounded; nothing automatic takes the place of what an administrator said (P-25)', () => {
  const { lists } = book();
  const origin = 'administrator';
  for (let count = 0; count < searchedEntriesMax; count += 1)
    assert.notEqual(lists.add({ list: 'block', subject: subject(`a${count}*@x.example`), origin }), 'full');
  assert.equal(lists.add({ list: 'block', subject: subject('one-more*@x.example'), origin }), 'full');
  for (let count = 0; count < automaticEntriesMax + 10; count += 1)
    lists.add({
      list: 'block',
      subject: subject(`10.${(count >> 8) & 255}.${count & 255}.1`),
      origin: 'offender',
      forMs: 1000 + count,
    });
  assert.equal(lists.list('block').length, searchedEntriesMax + automaticEntriesMax);
  for (let count = lists.list('block').length; count < localEntriesMax; count += 1)
    lists.add({ list: 'allow', subject: subject(`d${count}.example`), origin });
  assert.equal(lists.add({ list: 'allow', subject: subject('late.example'), origin }), 'full');
  assert.notEqual(
    lists.add({ list: 'allow', subject: subject('d19999.example'), origin }),
    'full',
    'a new word',
  );
});

test('patterns match as people expect, and cost no more than they should', () => {
  for (const [pattern, text, fits] of [
    ['*@x.example', 'a@x.example', true],
    ['*@x.example', 'a@y.example', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'abcb', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a', 'ab', false],
    ['', '', true],
  ] as const)
    assert.equal(matchesPattern(pattern, text), fits, `${pattern} ${text}`);
  const startMs = performance.now();
  assert.equal(matchesPattern(`${'a*'.repeat(8)}b`, 'a'.repeat(318)), false);
  assert.ok(performance.now() - startMs < 50);
});

test('P-24: entries by number of a network and by country need a table, and find who lies in it', () => {
  const clock = createFakeClock();
  const origin = (client: string) =>
    client.startsWith('203.') ? { asn: 64500, country: 'DE' } : client.startsWith('198.') ? { asn: 1 } : {};
  const lists = new LocalListBook({ clock, changed: () => undefined, origin });
  const add = (list: 'block' | 'allow', text: string) =>
    lists.add({ list, subject: subject(text), origin: 'administrator' });
  const found = (client: string) => lists.findClient('block', client as ClientAddress)?.subject.value;
  add('block', 'as64500');
  assert.equal(found('203.0.113.5'), 'AS64500');
  assert.equal(found('198.51.100.5'), undefined);
  lists.remove('block', subject('AS64500'));
  assert.equal(found('203.0.113.5'), undefined);
  add('block', 'country:de');
  assert.equal(found('203.0.113.5'), 'country:DE');
  assert.equal(found('192.0.2.1'), undefined);
  add('block', '203.0.113.0/25');
  assert.equal(found('203.0.113.5'), '203.0.113.0/25', 'the narrower word is told');
  const without = new LocalListBook({ clock, changed: () => undefined });
  without.add({ list: 'block', subject: subject('country:DE'), origin: 'administrator' });
  assert.equal(without.findClient('block', '203.0.113.5' as ClientAddress), undefined);
  for (const text of ['AS', 'AS0', 'AS4294967296', 'country:', 'country:DEU', 'country:D1'])
    assert.equal(parseLocalSubject(text), undefined, text);
});
