import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { splitHeaderText } from '#mail/header.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { FactBook } from '../fact-book.ts';
import { namedSenderKind } from '../named-sender.ts';
import type { NamedSender } from '../named-sender.ts';
import { HarvestWatch } from '../harvest-watch.ts';
import { OwnLookAlikes } from '../own-look-alikes.ts';
import { ReplayWatch } from '../replay-watch.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import { signed } from '../checks/cases.fixture.ts';
import { noArc } from './arc.ts';
import { noDkim } from './dkim.ts';

interface Given {
  readonly client?: string;
  readonly helo?: string;
  readonly from?: string;
  readonly zone?: ZoneTable;
  readonly header?: string;
  readonly forwarders?: readonly string[];
  readonly namedSenders?: readonly string[];
  readonly dkim?: DkimReport;
}

const ownDomains = new Set(['example.test']);

function addressOf(text: string): Address {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok, text);
  return parsed.value;
}

function named(text: string): NamedSender {
  const read = namedSenderKind.read(text);
  assert.ok(read.ok, text);
  return read.value;
}

function book(given: Given): FactBook {
  const clock = createFakeClock();
  const resolver = createFakeResolver(given.zone ?? {});
  return new FactBook({
    client: (given.client ?? '203.0.113.5') as ClientAddress,
    helo: given.helo ?? 'mail.example.org',
    from: given.from === undefined ? undefined : addressOf(given.from),
    own: {
      hostname: 'mx.example.test',
      isOwnAddress: (address) => address === '192.0.2.25' || address === '2001:db8::25',
      isOwnDomain: (domain) => domain === 'example.test',
      ownDomains: () => ownDomains,
    },
    lookAlikes: new OwnLookAlikes({ ownDomains: () => ownDomains }),
    clock,
    resolver,
    policyResolver: resolver,
    harvest: new HarvestWatch(clock),
    replays: new ReplayWatch(clock),
    arcSealers: [],
    forwarders: given.forwarders ?? [],
    namedSenders: (given.namedSenders ?? []).map(named),
    message: {
      header: splitHeaderText(given.header ?? 'From: a@example.org\r\n\r\n'),
      recipients: 1,
      signatures: {
        dkimSignatures: given.dkim === undefined ? 0 : 1,
        sealers: [],
        wantsBody: false,
        update: () => undefined,
        dkim: () => Promise.resolve(given.dkim ?? noDkim),
        arc: () => Promise.resolve(noArc),
      },
    },
  });
}

test('P-16: what the HELO name itself tells', async () => {
  for (const [helo, kind, claims, foreignLiteral] of [
    ['mail.example.org', 'name', undefined, false],
    ['mail.example.org.', 'name', undefined, false],
    ['my_host.example.org', 'name', undefined, false],
    ['laptop', 'single-label', undefined, false],
    ['localhost', 'single-label', undefined, false],
    ['203.0.113.5', 'invalid', undefined, false],
    ['192.0.2.25', 'invalid', 'own-address', false],
    ['[203.0.113.5]', 'literal', undefined, false],
    ['[198.51.100.1]', 'literal', undefined, true],
    ['[192.0.2.25]', 'literal', 'own-address', true],
    ['[IPv6:2001:db8::25]', 'literal', 'own-address', true],
    ['[IPv6:2001:0DB8:0:0::25]', 'literal', 'own-address', true],
    ['[what]', 'invalid', undefined, false],
    ['mx.example.test', 'name', 'hostname', false],
    ['MX.Example.TEST', 'name', 'hostname', false],
    ['mx.example.test.', 'name', 'hostname', false],
    ['example.test', 'name', 'own-domain', false],
    ['sub.example.test', 'name', undefined, false],
    ['bad..name', 'invalid', undefined, false],
  ] as const) {
    const fact = await book({ helo }).read('helo');
    assert.deepEqual([fact.kind, fact.claims, fact.foreignLiteral], [kind, claims, foreignLiteral], helo);
  }
});

test('P-16: where the HELO name leads', async () => {
  const zone: ZoneTable = {
    'here.example': { A: ['198.51.100.1', '203.0.113.5'] },
    'there.example': { A: ['198.51.100.1'] },
    'six.example': { AAAA: ['2001:DB8::5'] },
    'broken.example': 'servfail',
  };
  for (const [helo, client, found] of [
    ['here.example', '203.0.113.5', 'client'],
    ['there.example', '203.0.113.5', 'other'],
    ['six.example', '2001:db8::5', 'client'],
    ['six.example', '203.0.113.5', 'nowhere'],
    ['none.example', '203.0.113.5', 'nowhere'],
    ['broken.example', '203.0.113.5', 'unanswered'],
    ['laptop', '203.0.113.5', 'no-name'],
    ['[203.0.113.5]', '203.0.113.5', 'no-name'],
  ] as const)
    assert.equal((await book({ helo, client, zone }).read('heloAddress')).found, found, helo);
});

test('whether the sender’s domain takes mail', async () => {
  const zone: ZoneTable = {
    '.': { NS: ['a.root-servers.net'] },
    'mx.example': { MX: ['10 a.example'] },
    'null.example': { MX: ['0 .'] },
    'implicit.example': { AAAA: ['2001:db8::1'] },
    'text.example': { TXT: ['x'] },
    'broken.example': 'servfail',
    'half.example': { A: 'timeout', AAAA: [], TXT: ['x'] },
  };
  for (const [from, found] of [
    ['a@mx.example', 'takes-mail'],
    ['a@null.example', 'null-mx'],
    ['a@implicit.example', 'takes-mail'],
    ['a@text.example', 'no-host'],
    ['a@broken.example', 'unanswered'],
    ['a@half.example', 'unanswered'],
    ['a@missing.example', 'missing'],
    ['a@example.test', 'no-domain'],
    ['a@[192.0.2.1]', 'no-domain'],
    [undefined, 'no-domain'],
  ] as const) {
    const given = from === undefined ? { zone } : { from, zone };
    assert.equal((await book(given).read('senderDomain')).found, found, from ?? 'a bounce');
  }
});

test('I-45: list fields are a sign of an indirect way only with proof of the list’s own domain', async () => {
  const spf: ZoneTable = { 'lists.example.net': { TXT: ['v=spf1 ip4:203.0.113.5 -all'] } };
  const list = 'List-Id: Friends <friends.lists.example.net>\r\nFrom: a@example.org\r\n\r\n';
  const proven = { header: list, from: 'bounce@lists.example.net', zone: spf };
  assert.deepEqual(await book(proven).read('indirect'), [
    { kind: 'mailing-list', who: 'friends.lists.example.net' },
  ]);
  assert.deepEqual(
    await book({ ...proven, zone: {} }).read('indirect'),
    [],
    'a field alone anybody can write',
  );
  const plain = 'From: a@example.org\r\n\r\n';
  assert.deepEqual(await book({ ...proven, header: plain }).read('indirect'), [], 'no list at all');
});

test('I-45: a named forwarder is known by its network, its reverse name or SPF, never by its word', async () => {
  const zone: ZoneTable = {
    '5.113.0.203.in-addr.arpa': { PTR: ['out.alumni.example'] },
    'out.alumni.example': { A: ['203.0.113.5'] },
  };
  for (const [given, count] of [
    [{ forwarders: ['203.0.113.0/24'] }, 1],
    [{ forwarders: ['alumni.example'], zone }, 1],
    [{ forwarders: ['alumni.example'], helo: 'out.alumni.example', from: 'a@alumni.example' }, 0],
    [{ forwarders: ['lumni.example'], zone }, 0],
    [{ forwarders: ['198.51.100.0/24'] }, 0],
  ] as const)
    assert.equal((await book(given).read('indirect')).length, count, JSON.stringify(given));
});

test('I-45: who might have brought it, had the DNS answered', async () => {
  const list = 'List-Id: Friends <friends.lists.example.net>\r\nFrom: a@example.org\r\n\r\n';
  const slow: ZoneTable = { 'lists.example.net': 'timeout' };
  const from = 'bounce@lists.example.net';
  for (const [what, given, open] of [
    ['the list’s SPF', { header: list, from, zone: slow }, ['friends.lists.example.net']],
    ['its key', { header: list, dkim: signed('temperror', 'mx.example.net') }, ['friends.lists.example.net']],
    ['a stranger’s key', { header: list, dkim: signed('temperror', 'evil.example') }, []],
    ['no list fields', { from, zone: slow }, []],
    ['everything answered', { header: list, from }, []],
    [
      'a forwarder’s reverse name',
      { forwarders: ['alumni.example'], zone: { '5.113.0.203.in-addr.arpa': 'servfail' } },
      ['a named forwarder'],
    ],
    ['a forwarder’s SPF', { forwarders: ['lists.example.net'], from, zone: slow }, ['a named forwarder']],
    ['a stranger’s SPF', { forwarders: ['alumni.example'], from, zone: slow }, []],
    ['a network needs no answer', { forwarders: ['198.51.100.0/24'], from, zone: slow }, []],
  ] as const satisfies readonly (readonly [string, Given, readonly string[]])[])
    assert.deepEqual(await book(given).read('indirectOpen'), open, what);
});

test('P-18: a named sender is known by network, reverse name, SPF or signature, and for one domain only', async () => {
  const zone: ZoneTable = {
    '5.113.0.203.in-addr.arpa': { PTR: ['out.mailer.example'] },
    'out.mailer.example': { A: ['203.0.113.5'] },
    'spf.example': { TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
    'slow.example': 'timeout',
  };
  const header = 'From: ceo@example.test\r\n\r\n';
  const ours = { header, zone };
  const by = 'example.test mailer.example our news';
  const nobody = { open: false };
  for (const [what, given, fact] of [
    ['nobody is named', ours, nobody],
    [
      'a network',
      { ...ours, namedSenders: ['example.test 203.0.113.0/24'] },
      { author: 'example.test 203.0.113.0/24', open: false },
    ],
    ['another network', { ...ours, namedSenders: ['example.test 198.51.100.7'] }, nobody],
    ['a confirmed reverse name', { ...ours, namedSenders: [by] }, { author: by, open: false }],
    [
      'SPF',
      { ...ours, from: 'x@spf.example', namedSenders: ['example.test spf.example'] },
      { author: 'example.test spf.example', open: false },
    ],
    [
      'a signature below it',
      { header, dkim: signed('pass', 's.mailer.example'), namedSenders: [by] },
      { author: by, open: false },
    ],
    ['a broken signature', { header, dkim: signed('fail', 'mailer.example'), namedSenders: [by] }, nobody],
    [
      'a domain that only ends alike',
      { header, dkim: signed('pass', 'evilmailer.example'), namedSenders: [by] },
      nobody,
    ],
    [
      'only its word',
      { header, helo: 'out.mailer.example', from: 'x@mailer.example', namedSenders: [by] },
      nobody,
    ],
    ['for another domain', { ...ours, namedSenders: ['example.org mailer.example'] }, nobody],
    ['for MAIL FROM', { zone, from: 'a@example.test', namedSenders: [by] }, { sender: by, open: false }],
    [
      'its SPF is not answered',
      { ...ours, from: 'x@slow.example', namedSenders: ['example.test slow.example'] },
      { open: true },
    ],
    [
      'its key is not answered',
      { header, dkim: signed('temperror', 'mailer.example'), namedSenders: [by] },
      { open: true },
    ],
    [
      'a stranger’s key is not answered',
      { header, dkim: signed('temperror', 'evil.example'), namedSenders: [by] },
      nobody,
    ],
  ] as const satisfies readonly (readonly [string, Given, object])[])
    assert.deepEqual(await book(given).read('namedSender'), fact, what);
});

test('I-45: whom a reader may take the author for', async () => {
  for (const [from, fact] of [
    ['A <a@example.org>', { displayed: [] }],
    ['"teller@bank.example" <x@evil.example>', { displayed: ['bank.example'] }],
    ['"ceo@example.test" <x@evil.example>', { displayed: ['example.test'], own: 'example.test' }],
    ['=?utf-8?q?ceo=40example.test?= <x@evil.example>', { displayed: ['example.test'], own: 'example.test' }],
    ['"a@mail.example.org" <a@example.org>', { displayed: [] }],
    ['x@examp1e.test', { displayed: [], own: 'example.test' }],
    ['x@mail.exarnple.test', { displayed: [], own: 'example.test' }],
    ['x@example.test.evil.example', { displayed: [], own: 'example.test' }],
    ['x@xn--exmple-4nf.test', { displayed: [], own: 'example.test' }],
    ['ceo@example.test', { displayed: [] }],
    ['ceo@sub.example.test', { displayed: [] }],
    ['"x@evil.example" <ceo@example.test>', { displayed: ['evil.example'] }],
  ] as const)
    assert.deepEqual(await book({ header: `From: ${from}\r\n\r\n` }).read('lookAlike'), fact, from);
});

test('each fact is found out once, and the record keeps only what is worth a line', async () => {
  const zone: ZoneTable = { 'mail.example.org': { A: ['203.0.113.5'] } };
  const facts = book({ zone, from: 'a@example.org' });
  assert.equal(facts.read('iprev'), facts.read('iprev'));
  await facts.read('iprev');
  await facts.read('client');
  await facts.read('heloAddress');
  await facts.read('indirect');
  const recorded = new Map(facts.recorded());
  assert.deepEqual([...recorded.keys()].toSorted(), ['heloAddress', 'iprev', 'spf']);
});
