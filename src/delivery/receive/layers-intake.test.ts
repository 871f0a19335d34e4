import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { countedTraces } from '#policy/layers/counted-traces.ts';
import { LayerShares } from '#policy/layers/layer-shares.ts';
import type { LayerShare } from '#policy/layers/layer-shares.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'good.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'fail.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] },
  'test.surbl.org.multi.surbl.org': { A: ['127.0.0.254'] },
  'evil.com.multi.surbl.org': { A: ['127.0.0.64'] },
};
const linked = 'Subject: hi\r\n\r\nsee http://evil.com/x\r\n';

async function world(settings: object = {}) {
  const plain = createFakeResolver(zone);
  const asked: string[] = [];
  let shares: LayerShares | undefined;
  const made = await intakeWorld({
    change(store) {
      shares = new LayerShares({ counters: store.counters, listeners: new Set(['mx']) });
      return { ...store, traces: countedTraces(store.traces, shares) };
    },
    policy: {
      zone,
      settings: { 'policy.greylisting': false, 'policy.surbl.action': 'score', ...settings },
      lists: (making) => listsFor({ ...making, resolver: plain }),
      resolver: {
        ask(name, type, signal) {
          asked.push(name);
          return plain.ask(name, type, signal);
        },
      },
    },
  });
  assert.ok(shares !== undefined);
  return { made, shares, asked };
}

async function newest({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

async function told({ clock }: IntakeWorld, shares: LayerShares): Promise<ReadonlyMap<string, LayerShare>> {
  assert.ok((await shares.flush(clock.now())).ok);
  const read = await shares.read('1h', clock.now());
  assert.ok(read.ok);
  return new Map(read.value.map((row) => [row.layer, row]));
}

const isOfContent = (name: string): boolean => name.endsWith('.multi.surbl.org');
const isOfMessage = (name: string): boolean => name.includes('_dmarc') || name.includes('_domainkey');

test('I-60: for refused recipients no content is looked into, and for an accepted one it is', async () => {
  const { made, asked } = await world();
  const transaction = await begin(made, context('mx'), mailFrom('a@good.example'));
  assert.equal((await transaction.recipient(address('nobody@example.test'))).ok, false);
  const ready = await transaction.ready();
  assert.ok(!ready.ok && ready.reply.code === 554, 'DATA is refused, and no message comes');
  await transaction.abandon('QUIT');
  assert.equal('links' in (await newest(made)).facts, false);
  assert.deepEqual(
    asked.filter((name) => isOfContent(name) || isOfMessage(name)),
    [],
  );
  await made.clock.advance(1);
  await send(made, { mail: mailFrom('a@good.example'), message: `From: a@good.example\r\n${linked}` });
  assert.ok('links' in (await newest(made)).facts);
});

test('I-60: what the envelope refuses costs no question about a message', async () => {
  const { made, asked } = await world();
  const transaction = await begin(made, context('mx'), mailFrom('a@missing.example'));
  assert.equal((await transaction.recipient(address('user@example.test'))).ok, false);
  await transaction.abandon('QUIT');
  assert.ok(asked.includes('missing.example'));
  assert.deepEqual(
    asked.filter((name) => isOfContent(name) || isOfMessage(name)),
    [],
  );
});

test('I-60: what a check of the message refuses without asking costs no look at its content', async () => {
  const { made, asked } = await world();
  const message = `From: a@good.example, b@fail.example\r\n${linked}`;
  const [answer] = await send(made, { mail: mailFrom('a@good.example'), message });
  assert.equal(answer?.ok, false);
  assert.deepEqual(
    asked.filter((name) => isOfContent(name) || isOfMessage(name)),
    [],
  );
});

test('I-60: the share that each layer stops, in the order of the layers', async () => {
  const { made, shares } = await world({ 'policy.spf.action': 'junk' });
  const refusedAtMail = await begin(made, context('mx'), mailFrom('a@missing.example'));
  await refusedAtMail.recipient(address('user@example.test'));
  await refusedAtMail.abandon('QUIT');
  const relaying = await begin(made, context('mx'), mailFrom('a@good.example'));
  await relaying.recipient(address('victim@elsewhere.example'));
  await relaying.abandon('QUIT');
  await send(made, { mail: mailFrom('a@fail.example'), message: `From: a@fail.example\r\n${linked}` });
  await send(made, { mail: mailFrom('a@good.example'), message: `From: a@good.example\r\n${linked}` });
  await send(made, { who: context('lmtp'), mail: mailFrom('a@good.example') });
  const client = '203.0.113.9';
  shares.event({ name: 'connection-banned', client, listener: 'mx', network: '203.0.113.9/32' });
  shares.event({ name: 'connection-banned', client, listener: 'imap', network: '203.0.113.9/32' });
  const trace = '01J00000000000000000000000';
  shares.event({ name: 'refusals-not-kept', client, check: 'relay', attempts: 7, trace });
  const rows = await told(made, shares);
  const counts = [...rows.values()].map(({ layer, passed, stopped, junked }) => [
    layer,
    passed,
    stopped,
    junked,
  ]);
  assert.deepEqual(counts, [
    ['connect', 11, 1, 0],
    ['helo', 11, 0, 0],
    ['mail', 10, 1, 0],
    ['rcpt', 2, 8, 0],
    ['message', 1, 0, 1],
    ['content', 2, 0, 0],
  ]);
  assert.notEqual(rows.get('message')?.medianUs, undefined);
});

test('what was counted outlives the process that counted it, and is forgotten in time', async () => {
  const { made, shares } = await world();
  await send(made, { mail: mailFrom('a@good.example'), message: `From: a@good.example\r\n${linked}` });
  await shares.flush(made.clock.now());
  const again = new LayerShares({ counters: made.store.counters, listeners: new Set(['mx']) });
  assert.equal((await told(made, again)).get('connect')?.passed, 1);
  await made.clock.advance(2 * 3_600_000);
  assert.equal((await told(made, again)).get('connect')?.passed, 0);
  const day = await again.read('24h', made.clock.now());
  assert.ok(day.ok && day.value[0]?.passed === 1);
});
