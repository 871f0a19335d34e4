import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { defaultPolicyValues } from '#policy/default-policy-values.fixture.ts';
import { replayRecord } from '#policy/replay-record.ts';
import { bookOf } from '#policy/rules/rules.fixture.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, begin, clean, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld, Sending, WorldOptions } from './intake.fixture.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
};

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  return (list.ok ? list.value.items[0] : undefined) ?? assert.fail();
}

function worldOf(rules: readonly string[], options: WorldOptions = {}) {
  return intakeWorld({ policy: { zone }, ...options, rules: bookOf(rules) });
}

async function sent(rules: readonly string[], sending: Sending = {}, options: WorldOptions = {}) {
  const world = await worldOf(rules, options);
  const [answer] = await send(world, sending);
  assert.ok(answer !== undefined);
  return { world, answer, trace: await lastTrace(world) };
}

/** What one recipient hears. */
async function told(
  rules: readonly string[],
  { who = context('mx'), from = 'stranger@example.org', to = 'user@example.test' } = {},
): Promise<string> {
  const world = await worldOf(rules);
  const begun = await world.intake.begin(who, mailFrom(from));
  if (!begun.ok) return `${begun.reply.code} ${begun.reply.status}`;
  const answer = await begun.value.recipient(address(to));
  return answer.ok ? 'taken' : `${answer.reply.code} ${answer.reply.status}`;
}

test('a rule refuses or puts off at RCPT, and the trace names it (I-89)', async () => {
  const world = await worldOf(['no-shops refuse sender=example.org']);
  const transaction = await begin(world, context('mx'), mailFrom('stranger@example.org'));
  const answer = await transaction.recipient(address('user@example.test'));
  assert.ok(!answer.ok);
  assert.match(
    answer.reply.text,
    /^this mail is not accepted here \[T:/,
    'strangers are not told which rule',
  );
  await transaction.abandon('QUIT');
  const trace = await lastTrace(world);
  assert.equal(trace.verdict.by, 'rule');
  const step = trace.steps.find(({ check }) => check === 'rule');
  assert.deepEqual(
    [step?.action, step?.reason, step?.evidence],
    ['refuse', 'rule no-shops', { rule: 'no-shops' }],
  );
  const values = defaultPolicyValues;
  const own = {
    hostname: 'mx.example.test',
    isOwnAddress: () => false,
    isOwnDomain: () => false,
    ownDomains: () => new Set<string>(),
  };
  assert.equal(await replayRecord(trace, { values, own }), 'refuse', 'and on the record (N-3)');
  assert.equal(await told(['x defer sender=example.org']), '451 4.7.1');
});

test('no rule lifts relay, log-in, sender ownership or what the server itself refuses', async () => {
  const all = ['all accept client=203.0.113.0/24 priority=0', 'me accept account=example.test priority=0'];
  const world = await intakeWorld();
  const submission = context('submission', world.user);
  assert.equal(await told(all, { to: 'a@elsewhere.example' }), '550 5.7.1');
  assert.equal(await told(all, { to: 'nobody@example.test' }), '550 5.1.1');
  assert.equal(await told(all, { who: context('submission'), from: 'user@example.test' }), '530 5.7.0');
  assert.equal(await told(all, { who: submission, from: 'other@example.test' }), '550 5.7.1');
  assert.equal(
    await told(all, { from: 'a@nowhere.example' }),
    '550 5.1.8',
    'a sender whom nobody can answer',
  );
  const { answer } = await sent(all, { message: 'Subject: nobody wrote it\r\n\r\nx\r\n' });
  assert.ok(!answer.ok);
  assert.equal(answer.reply.status, '5.6.0');
});

test('rules hold on every role, in and out, and tell our own users which it is', async () => {
  const world = await intakeWorld();
  const who = context('submission', world.user);
  assert.equal(await told(['x refuse direction=out'], {}), 'taken');
  assert.equal(await told(['x refuse direction=in'], { who: context('lmtp') }), '550 5.7.1');
  const out = { who, from: 'user@example.test', to: 'a@elsewhere.example' };
  assert.equal(await told(['x refuse direction=out recipient=elsewhere.example'], out), '550 5.7.1');
  assert.equal(await told(['x refuse account!=user@example.test direction=out'], out), 'taken');
  const { answer } = await sent(
    ['big refuse direction=out larger=1KiB'],
    {
      who,
      mail: mailFrom('user@example.test'),
      to: ['other@example.test', 'user@example.test'],
      message:
        `From: user@example.test\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(1) + `${'y'.repeat(70)}\r\n`.repeat(20),
    },
    {},
  );
  assert.ok(!answer.ok);
  assert.match(answer.reply.text, /^rule big does not allow this/);
});

test('the size is judged by what comes, not by what is announced', async () => {
  const rules = ['big refuse recipient=user@example.test larger=1KiB'];
  const message = `From: stranger@example.org\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(20)}`;
  const lied = await sent(rules, { mail: mailFrom('stranger@example.org', { sizeBytes: 10 }), message });
  assert.ok(!lied.answer.ok);
  assert.equal(lied.trace.verdict.by, 'rule');
  assert.equal(lied.world.leases.length, 0);
  const world = await worldOf(rules);
  const mail = mailFrom('stranger@example.org', { sizeBytes: 5000 });
  const announced = await begin(world, context('mx'), mail);
  assert.ok(!(await announced.recipient(address('user@example.test'))).ok);
  assert.ok((await sent(rules)).answer.ok, 'a small one is taken');
  const tiny = await sent(['tiny refuse recipient=user@example.test larger!=1KiB']);
  assert.ok(!tiny.answer.ok, 'that it is not larger only the end tells');
  assert.ok((await sent(['tiny refuse larger!=1KiB'], { message })).answer.ok);
});

test('junk goes to Junk; nobody steps around it by naming somebody else beside', async () => {
  const rules = ['ads junk sender=example.org recipient=user@example.test'];
  const { world, answer, trace } = await sent(rules);
  assert.ok(answer.ok, JSON.stringify(answer));
  assert.equal(world.leases[0]?.entry.judged?.junk, true);
  assert.equal(trace.verdict.by, 'rule-whole');
  assert.deepEqual(trace.facts['rule'], { name: 'ads', action: 'junk', at: 'message' });
  const both = await worldOf(rules);
  const transaction = await begin(both, context('mx'), mailFrom('stranger@example.org'));
  assert.ok((await transaction.recipient(address('other@example.test'))).ok);
  const second = await transaction.recipient(address('user@example.test'));
  assert.ok(!second.ok);
  assert.equal(`${second.reply.code} ${second.reply.status}`, '452 4.5.3');
  assert.ok((await transaction.recipient(address('other+x@example.test'))).ok);
});

test('a rule that refuses one recipient says nothing of those named after it, nor of the message', async () => {
  const world = await worldOf(['no-shops refuse recipient=user@example.test']);
  const transaction = await begin(world, context('mx'), mailFrom('stranger@example.org'));
  const refused = async (): Promise<boolean> =>
    !(await transaction.recipient(address('user@example.test'))).ok;
  assert.ok(await refused());
  const other = await transaction.recipient(address('other@example.test'));
  assert.ok(other.ok, JSON.stringify(other));
  assert.ok(await refused());
  await transaction.write(Buffer.from('From: stranger@example.org\r\n\r\nx\r\n'));
  const [answer] = await transaction.finish(clean);
  assert.ok(answer?.ok === true, JSON.stringify(answer));
  const { facts } = await lastTrace(world);
  assert.equal(facts['rule'], undefined, 'a replay would take it for what was said of the message');
});

test('accept lifts what an allow entry lifts: lists, greylisting and scores', async () => {
  const who = { ...context('mx'), client: '203.0.113.66' as ClientAddress };
  const settings = { 'policy.junk_score': 1 };
  const stranger = await sent([], { who }, { policy: { zone, settings } });
  assert.ok(!stranger.answer.ok, 'a client without a name is put off');
  const rules = ['partner accept client=203.0.113.0/24'];
  const { answer, trace } = await sent(
    rules,
    { who, mail: mailFrom('a@example.net'), message: 'From: a@example.net\r\n\r\nx\r\n' },
    { policy: { zone: { ...zone, 'example.net': { MX: ['10 client.example'] } }, settings } },
  );
  assert.ok(answer.ok, JSON.stringify(answer));
  assert.equal(trace.verdict.action, 'accept');
  assert.ok(trace.steps.some(({ check, outcome }) => check === 'rule' && outcome === 'pass'));
});

test('a note decides nothing and stands in the trace once', async () => {
  const { answer, trace } = await sent(['seen note sender=example.org'], {
    to: ['user@example.test', 'other@example.test'],
  });
  assert.ok(answer.ok);
  assert.equal(trace.steps.filter(({ check }) => check === 'rule').length, 1);
  assert.equal(trace.verdict.action, 'accept');
});

test('rules about clients mean whom a gateway took mail from, never the gateway (I-59, I-89)', async () => {
  const gateways = networkSet(['198.51.100.0/28' as Network]);
  const who = { ...context('mx'), client: '198.51.100.1', helo: 'gw.example', gateways };
  const from = (client: string): string =>
    `Received: from client.example (client.example [${client}])\r\n by gw.example with ESMTPS id x;\r\n Thu, 1 Jan 2026 00:00:00 +0000\r\nFrom: stranger@example.org\r\n\r\nhello\r\n`;
  const by = async (rule: string, message: string) => {
    const { answer, trace } = await sent([rule], { who, message });
    return { told: answer.ok ? 'taken' : answer.reply.status, word: trace.facts['rule'] };
  };
  assert.equal((await by('x refuse client=203.0.113.5', from('203.0.113.5'))).told, '5.7.1');
  assert.equal((await by('x refuse client=203.0.113.6', from('203.0.113.5'))).told, 'taken');
  assert.equal((await by('x refuse helo=client.*', from('203.0.113.5'))).told, '5.7.1');
  assert.equal((await by('x refuse client=198.51.100.1', from('203.0.113.5'))).told, 'taken');
  const accepted = await by('x accept client=203.0.113.5', from('203.0.113.5'));
  assert.deepEqual(accepted, { told: 'taken', word: { name: 'x', action: 'accept', at: 'rcpt' } });
  const gateway = await by('x accept client=198.51.100.1', from('203.0.113.5'));
  assert.equal(gateway.word, undefined, 'it vouches for none of those whose mail it brings');
  const forged = `From: stranger@example.org\r\n\r\nno Received field\r\n`;
  assert.equal((await by('x accept client=198.51.100.1', forged)).word, undefined);
  assert.equal((await by('x accept client=198.51.100.0/24', forged)).word, undefined);
});
