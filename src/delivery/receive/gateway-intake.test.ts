import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseNetwork } from '#base/client-address.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { RecordedFacts } from '#policy/recorded-facts.ts';
import type { TraceRecord, TraceStep } from '#trace/record.ts';
import { refusedTracesMax } from './refused-traces.ts';
import { address, begin, clean, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld, ListMaking, PolicyOptions } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';

/** `client.example` at 203.0.113.5 is an honest sender; the gateway at 198.51.100.1 is in no SPF record, and has no name. */
const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  '_dmarc.example.org': { TXT: ['v=DMARC1; p=reject'] },
  '2.0.0.127.bl.spamcop.net': { A: ['127.0.0.2'] },
  '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] },
  'test.surbl.org.multi.surbl.org': { A: ['127.0.0.254'] },
  'dbltest.com.dbl.spamhaus.org': { A: ['127.0.1.2'] },
  // Whoever judged the gateway would find this.
  '1.100.51.198.psbl.surriel.com': { A: ['127.0.0.2'] },
};
const ungreyed = { 'policy.greylisting': false };
const gateways = networkSet(['198.51.100.0/28'].flatMap((text) => parseNetwork(text) ?? []));

function gateway(change: Partial<TransactionContext> = {}): TransactionContext {
  return { ...context('mx'), client: '198.51.100.1', helo: 'gw.example', gateways, ...change };
}

function received(address: string, helo = 'client.example'): string {
  return `Received: from ${helo} (${helo} [${address}])\r\n by gw.example (Postfix) with ESMTPS id x;\r\n Thu, 1 Jan 2026 00:00:00 +0000\r\n`;
}

const letter = 'From: a@example.org\r\nSubject: hi\r\n\r\nhello\r\n';

async function told(
  made: IntakeWorld,
  message: string,
  { who = gateway(), to = ['user@example.test'] }: { who?: TransactionContext; to?: readonly string[] } = {},
): Promise<string> {
  const [answer] = await send(made, { who, to, message, mail: mailFrom('a@example.org') });
  assert.ok(answer !== undefined);
  if (!answer.ok) return `${answer.reply.code} ${answer.reply.status} ${answer.reply.text}`;
  return made.leases.at(-1)?.entry.judged?.junk === true ? 'junk' : 'taken';
}

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

function stepOf(record: TraceRecord, name: string): TraceStep | undefined {
  return record.steps.find(({ check }) => check === name);
}

function behindGateway(policy: Partial<PolicyOptions> = {}): Promise<IntakeWorld> {
  return intakeWorld({ policy: { zone, settings: ungreyed, ...policy } });
}

test('what a gateway brings is judged by whom it took it from: SPF, reverse name, HELO (I-59)', async () => {
  const made = await behindGateway();
  assert.equal(await told(made, received('203.0.113.5') + letter), 'taken');
  const record = await lastTrace(made);
  assert.equal(record.session.client, '198.51.100.1');
  const origin = stepOf(record, 'origin');
  assert.equal(origin?.outcome, 'pass');
  assert.match(origin?.reason ?? '', /^198\.51\.100\.1 is a gateway: judged is 203\.0\.113\.5/);
  assert.equal(stepOf(record, 'spf')?.outcome, 'pass');
  assert.equal(stepOf(record, 'iprev')?.outcome, 'pass');
  assert.match(made.leases.at(-1)?.entry.judged?.fields ?? '', /policy\.iprev=203\.0\.113\.5/);
  const own = {
    hostname: '',
    isOwnAddress: () => false,
    isOwnDomain: () => false,
    ownDomains: () => new Set<string>(),
  };
  const replayed = RecordedFacts.of(record, own)?.read('client');
  assert.deepEqual(replayed, { address: '203.0.113.5', isOwn: false, isIpv6: false });
});

test('a forged Received below the gateway’s own gains nothing, and who is no gateway is never believed', async () => {
  const made = await behindGateway();
  const forged = received('203.0.113.5');
  assert.match(await told(made, received('192.0.2.66', 'evil.example') + forged + letter), /^550 5\.7\.\d+/);
  await made.clock.advance(1000);
  const direct = { ...context('mx'), client: '192.0.2.66', helo: 'evil.example' };
  assert.match(await told(made, forged + letter, { who: direct }), /^550 5\.7\.\d+/);
  assert.equal(stepOf(await lastTrace(made), 'origin'), undefined);
});

test('lists, local lists and bans meet the origin, and never the gateway', async () => {
  const listed: ZoneTable = { ...zone, '5.113.0.203.psbl.surriel.com': { A: ['127.0.0.2'] } };
  const lists = (making: ListMaking) => {
    const all = listsFor(making);
    for (const text of ['203.0.113.9', '198.51.100.1']) {
      const subject = parseLocalSubject(text);
      assert.ok(subject !== undefined);
      all.local.add({ list: 'block', subject, origin: 'administrator' });
    }
    return all;
  };
  const made = await intakeWorld({
    policy: { zone: listed, settings: ungreyed, lists },
    also: {
      banned: (client) => (/^(?:203\.0\.113\.10|198\.51\.100\.1)$/.test(client) ? `${client}/32` : undefined),
    },
  });
  assert.equal(await told(made, received('203.0.113.5') + letter), 'taken');
  assert.equal(stepOf(await lastTrace(made), 'psbl')?.outcome, 'finding');
  assert.match(await told(made, received('203.0.113.9') + letter), /^550 5\.7\.1 .*203\.0\.113\.9/);
  assert.match(
    await told(made, received('203.0.113.10') + letter),
    /^550 5\.7\.1 mail from 203\.0\.113\.10 /,
  );
  assert.match(
    await told(made, received('203.0.113.10') + letter, { to: ['postmaster@example.test'] }),
    /taken|junk|DMARC/,
  );
});

test('greylisting remembers the origin’s network, and never the gateway’s', async () => {
  const suspicious: ZoneTable = { ...zone, '_dmarc.example.org': { TXT: ['v=DMARC1; p=none'] } };
  const made = await behindGateway({ zone: suspicious, settings: { 'policy.spf.action': 'score' } });
  const message = received('192.0.2.77', 'x.example') + letter;
  assert.match(await told(made, message), /^451 4\.7\.1 this server does not know you/);
  await made.clock.advance(6 * 60_000);
  assert.notEqual((await told(made, message)).slice(0, 3), '451');
  assert.match(await told(made, received('192.0.3.77', 'x.example') + letter), /^451 4\.7\.1 this server/);
});

test('without a field to read it is said, and nothing is held against anybody for the address', async () => {
  for (const header of ['', received('10.1.2.3'), 'Received: by gw.example id x\r\n']) {
    const made = await behindGateway({ settings: {} });
    assert.equal(await told(made, header + letter), 'taken', header);
    const record = await lastTrace(made);
    const origin = stepOf(record, 'origin');
    assert.equal(origin?.outcome, 'error');
    assert.match(origin?.reason ?? '', /whose mail it brings is not known .*cannot decide/);
    assert.equal(stepOf(record, 'spf')?.outcome, 'error');
    assert.equal(stepOf(record, 'iprev')?.outcome, 'error');
    assert.equal(stepOf(record, 'dmarc')?.outcome, 'error');
    assert.equal(stepOf(record, 'psbl'), undefined);
    assert.doesNotMatch(made.leases.at(-1)?.entry.judged?.fields ?? '', /iprev/);
  }
});

test('a client that a proxy does not know is nobody: its checks say that they cannot decide', async () => {
  const made = await behindGateway({ settings: {} });
  const who = { ...context('mx'), client: '198.51.100.1', isClientUnknown: true };
  assert.equal(await told(made, letter, { who }), 'taken');
  const record = await lastTrace(made);
  assert.match(stepOf(record, 'origin')?.reason ?? '', /the proxy 198\.51\.100\.1 does not know/);
  assert.equal(stepOf(record, 'spf')?.outcome, 'error');
  assert.equal(stepOf(record, 'iprev')?.outcome, 'error');
});

test('a network’s exemptions spare the gateway, and not those whose mail it brings', async () => {
  const made = await behindGateway();
  const who = gateway({ exempt: new Set(['dns', 'rate']) });
  assert.match(await told(made, received('192.0.2.66', 'evil.example') + letter, { who }), /^550 /);
});

test('a refused recipient beside it does not take postmaster’s mail from him (S-03)', async () => {
  const made = await intakeWorld({
    policy: { zone, settings: ungreyed },
    also: { banned: (client) => (client === '203.0.113.5' ? '203.0.113.5/32' : undefined) },
  });
  const transaction = await begin(made, gateway(), mailFrom('a@example.org'));
  assert.ok(!(await transaction.recipient(address('nobody@example.test'))).ok);
  assert.ok((await transaction.recipient(address('postmaster@example.test'))).ok);
  await transaction.write(Buffer.from(received('203.0.113.5') + letter));
  const [answer] = await transaction.finish(clean);
  assert.ok(answer?.ok, answer?.ok === false ? answer.reply.text : '');
});

test('mail that has come through here again and again goes round in a loop (I-88)', async () => {
  const made = await intakeWorld();
  const ours =
    'Received: from b.example (b.example [192.0.2.9])\r\n by mx.example.test with ESMTPS id x;\r\n Thu, 1 Jan 2026 00:00:00 +0000\r\n';
  const who = context('mx');
  assert.equal(await told(made, ours.repeat(10) + letter, { who }), 'taken');
  assert.match(
    await told(made, ours.repeat(11) + letter, { who }),
    /^554 5\.4\.6 the message goes round in a loop/,
  );
});

test('who cannot be told apart is not put off: no gateway, and no proxy, is ever greylisted', async () => {
  const settings = { 'policy.sender_domain.action': 'score', 'policy.greylist_score': 1 };
  const made = await behindGateway({ zone: { 'example.org': { MX: ['0 .'] } }, settings });
  const unproven = 'From: a@nowhere.example\r\nSubject: hi\r\n\r\nhello\r\n';
  assert.match(await told(made, received('192.0.2.77', 'x.example') + unproven), /^451 4\.7\.1 this server/);
  await made.clock.advance(1000);
  assert.doesNotMatch(await told(made, unproven), /^4/);
  const scored = (await lastTrace(made)).verdict.score;
  assert.ok(scored >= 1, 'what does not hang on the address still scores');
  const who = { ...context('mx'), client: '198.51.100.1', isClientUnknown: true };
  assert.doesNotMatch(await told(made, unproven, { who }), /^4/);
});

test('who floods by way of a gateway leaves the traces of others alone', async () => {
  const made = await behindGateway();
  for (let count = 0; count < refusedTracesMax + 1; count += 1)
    assert.match(await told(made, received('192.0.2.66', 'evil.example') + letter), /^550 5\.7\.\d+/);
  const other = await told(made, received('192.0.3.66', 'other.example') + letter);
  const record = await made.store.traces.get(/\[T:(\w+)\]/.exec(other)?.[1] ?? '');
  assert.ok(record.ok, other);
  assert.match(stepOf(record.value, 'origin')?.reason ?? '', /judged is 192\.0\.3\.66/);
});
