import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { DestinationRules } from '#delivery/outbound/destination-rules.ts';
import type { RecipientReport } from '#delivery/outbound/transport.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';
import type { Event } from '#trace/events.ts';
import {
  DownstreamRecipients,
  askMsMax,
  asksMax,
  knownMs,
  silentMs,
  unknownMs,
} from './downstream-recipients.ts';
import type { RecipientQuestion } from './recipient-asker.ts';

const host: DownstreamHost = { host: 'inner.example.test', port: 2525, tls: 'opportunistic' };
const rules: DestinationRules = {
  port: 25,
  privateDestinations: networkSet([]),
  destinations: 'private',
  ownAddresses: new Set(['192.0.2.25' as ClientAddress]),
  ownPorts: new Set([25]),
  ownNames: new Set(['mx.example.test']),
  localAddresses: [],
};

function address(text: string): Address {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok);
  return parsed.value;
}

function said(outcome: RecipientReport['outcome'], text: string): RecipientReport {
  return { outcome, code: undefined, status: undefined, command: 'rcpt', text };
}

type Answers = (question: RecipientQuestion) => RecipientReport | Promise<RecipientReport>;

function world(answers: Answers, zone: Parameters<typeof createFakeResolver>[0] = {}) {
  const clock = createFakeClock();
  const asked: RecipientQuestion[] = [];
  const events: Event[] = [];
  const recipients = new DownstreamRecipients({
    asker: {
      async ask(question) {
        asked.push(question);
        return await answers(question);
      },
    },
    resolver: createFakeResolver({ 'inner.example.test': { A: ['10.0.0.7'] }, ...zone }),
    clock,
    random: createFakeRandom(1),
    events: { emit: (event) => events.push(event) },
    rules,
    hostname: 'mx.example.test',
  });
  const ask = (text: string, at = host) => recipients.ask(at, address(text));
  return { ask, asked, clock, events };
}

const onlyUser: Answers = ({ recipient }) =>
  recipient.local.toLowerCase() === 'user'
    ? said('delivered', '250 ok')
    : said('permanent', '550 5.1.1 nobody');

test('it is asked once and remembered, yes for hours and no for minutes', async () => {
  const { ask, asked, clock } = world(onlyUser);
  assert.deepEqual(await ask('user@example.test'), { kind: 'known', isCached: false, isCatchAll: false });
  // The address itself, and one that was made up.
  assert.equal(asked.length, 2);
  assert.equal(asked[0]?.server.address, '10.0.0.7');
  assert.equal(asked[0]?.server.port, 2525);
  assert.match(asked[1]?.recipient.local ?? '', /^no-such-[0-9a-f]{24}$/);
  assert.deepEqual(await ask('USER@example.test'), { kind: 'known', isCached: true, isCatchAll: false });
  const unknown = { kind: 'unknown', isCached: false, said: '550 5.1.1 nobody' };
  assert.deepEqual(await ask('nobody@example.test'), unknown);
  assert.deepEqual(await ask('nobody@example.test'), { ...unknown, isCached: true });
  assert.equal(asked.length, 3);
  await clock.advance(unknownMs);
  assert.deepEqual(await ask('nobody@example.test'), unknown);
  await clock.advance(knownMs);
  assert.deepEqual(await ask('user@example.test'), { kind: 'known', isCached: false, isCatchAll: false });
});

test('a server that takes anything is noticed, told once, and not asked for each address', async () => {
  const { ask, asked, events } = world(() => said('delivered', '250 ok'));
  assert.deepEqual(await ask('a@example.test'), { kind: 'known', isCached: false, isCatchAll: true });
  assert.deepEqual(await ask('b@example.test'), { kind: 'known', isCached: true, isCatchAll: true });
  assert.equal(asked.length, 2);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['downstream-catch-all'],
  );
});

test('many who want the same at once are one question', async () => {
  const { ask, asked } = world(onlyUser);
  await Promise.all(Array.from({ length: 50 }, () => ask('nobody@example.test')));
  assert.equal(asked.length, 1);
});

test('a silent server is left alone for a while, and never said to know or not to know', async () => {
  const { ask, asked, clock, events } = world(() => ({
    ...said('connection', 'connection refused'),
    command: 'connect',
  }));
  assert.deepEqual(await ask('user@example.test'), { kind: 'unsure', why: 'connection refused' });
  const again = await ask('other@example.test');
  assert.match(again.kind === 'unsure' ? again.why : '', /did not answer a moment ago/);
  assert.equal(asked.length, 1);
  assert.equal(events.length, 1);
  await clock.advance(silentMs);
  await ask('other@example.test');
  assert.equal(asked.length, 2);
});

test('an address at which it falls silent is no reason to leave the server alone', async () => {
  const { ask, asked, events } = world((question) =>
    question.recipient.local === 'slow' ? said('connection', 'no reply to RCPT in time') : onlyUser(question),
  );
  assert.equal((await ask('slow@example.test')).kind, 'unsure');
  assert.equal((await ask('nobody@example.test')).kind, 'unknown');
  assert.equal(asked.length, 2);
  assert.deepEqual(events, []);
});

test('a server that never says anything costs its time and no more', async () => {
  const { ask, clock } = world(() => new Promise(() => undefined));
  const asking = ask('user@example.test');
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(askMsMax);
  assert.deepEqual(await asking, { kind: 'unsure', why: 'it did not answer in time' });
});

test('more questions than it bears are answered by nobody (S-09)', async () => {
  const { ask, asked } = world(() => new Promise(() => undefined));
  for (let count = 0; count < asksMax; count += 1) void ask(`u${count}@example.test`);
  const answer = await ask('one-more@example.test');
  assert.deepEqual(answer, { kind: 'unsure', why: 'too many questions to it at once' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.length, asksMax);
});

test('what it has against us, or wants later, is no word on the address', async () => {
  for (const outcome of ['temporary', 'connection', 'tls'] as const) {
    const { ask } = world(() => said(outcome, '450 4.7.1 later'));
    assert.equal((await ask('user@example.test')).kind, 'unsure', outcome);
  }
});

test('a server that was never told of the domain bounces nobody’s mail, and is asked again', async () => {
  const { ask, asked } = world(() => ({
    ...said('permanent', '554 5.7.1 relay access denied'),
    status: '5.7.1',
  }));
  const unsure = { kind: 'unsure', why: '554 5.7.1 relay access denied' };
  assert.deepEqual(await ask('user@example.test'), unsure);
  assert.deepEqual(await ask('user@example.test'), unsure);
  assert.equal(asked.length, 2);
});

test('an address that it could not take in any case does not hide that it takes all others', async () => {
  const { ask, asked } = world(({ recipient }) =>
    recipient.local === 'jürgen'
      ? { ...said('permanent', 'no SMTPUTF8'), status: '5.6.7', command: 'ehlo' }
      : said('delivered', '250 ok'),
  );
  assert.equal((await ask('jürgen@example.test')).kind, 'unknown');
  assert.deepEqual(await ask('a@example.test'), { kind: 'known', isCached: false, isCatchAll: true });
  await ask('b@example.test');
  assert.equal(asked.length, 3);
});

test('a failed handshake is passed over only where TLS is not demanded', async () => {
  const answers: Answers = ({ tls }) => (tls === 'clear' ? said('delivered', 'ok') : said('tls', 'no TLS'));
  const open = world(answers);
  assert.equal((await open.ask('user@example.test')).kind, 'known');
  for (const tls of ['encrypted', 'verified'] as const) {
    const strict = world(answers);
    assert.equal((await strict.ask('user@example.test', { ...host, tls })).kind, 'unsure', tls);
    assert.ok(strict.asked.every((one) => one.tls === tls));
  }
});

test('a private address is reached because it was named; ourselves never are (a loop)', async () => {
  const loops: readonly DownstreamHost[] = [
    { host: '192.0.2.25', port: 25, tls: 'opportunistic' },
    { host: '127.0.0.1', port: 25, tls: 'opportunistic' },
    { host: 'mx.example.test', port: 25, tls: 'opportunistic' },
    { host: 'loop.example.test', port: 25, tls: 'opportunistic' },
  ];
  const zone = { 'loop.example.test': { A: ['192.0.2.25'] } };
  for (const loop of loops) {
    const { ask, asked } = world(onlyUser, zone);
    const answer = await ask('user@example.test', loop);
    assert.match(answer.kind === 'unsure' ? answer.why : '', /loop/, loop.host);
    assert.equal(asked.length, 0);
  }
  const { ask } = world(onlyUser);
  assert.equal((await ask('user@example.test', { ...host, host: '127.0.0.1' })).kind, 'known');
});

test('a name that does not exist is the entry’s fault, not the recipient’s', async () => {
  const { ask } = world(onlyUser);
  assert.equal((await ask('user@example.test', { ...host, host: 'gone.example.test' })).kind, 'unsure');
});
