import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, begin, clean, context, intakeWorld, mailFrom } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';

const dayMs = 86_400_000;
const printer: TransactionContext = { ...context('mx'), client: '192.0.2.7', helo: 'printer' };

/** Printers in 192.0.2.0/24 may send as example.test; policy refuses whoever has no reverse name. */
async function world() {
  const clock = createFakeClock();
  const relays = new RelayBook({ clock, changed: () => undefined });
  relays.add({
    network: '192.0.2.0/24' as Network,
    owner: 'facilities',
    reason: 'printers',
    senders: ['example.test' as Domain],
    forMs: dayMs,
  });
  const policy = { zone: {}, settings: { 'policy.iprev.action': 'refuse' } };
  return { made: await intakeWorld({ policy, also: { relays } }), relays, clock };
}

interface Letter {
  readonly who?: TransactionContext;
  readonly from?: string;
  readonly to?: string;
  readonly header?: string;
}

async function told(made: IntakeWorld, letter: Letter = {}): Promise<string> {
  const { who = printer, from = 'scan@example.test', to = 'somebody@elsewhere.example' } = letter;
  const transaction = await begin(made, who, mailFrom(from));
  const recipient = await transaction.recipient(address(to));
  if (!recipient.ok) {
    await transaction.abandon('QUIT');
    return `${recipient.reply.code} ${recipient.reply.status}`;
  }
  await transaction.write(Buffer.from(`${letter.header ?? 'From: scan@example.test\r\n'}\r\nscan\r\n`));
  const [answer] = await transaction.finish(clean);
  assert.ok(answer !== undefined);
  return answer.ok ? 'taken' : `${answer.reply.code} ${answer.reply.status}`;
}

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

test('a host of an entry sends to others, and its mail is marked with the entry (P-10)', async () => {
  const { made } = await world();
  assert.equal(await told(made), 'taken');
  assert.equal(made.leases.at(-1)?.entry.origin, 'relay');
  const { facts, steps } = await lastTrace(made);
  assert.deepEqual(facts['relay'], {
    network: '192.0.2.0/24',
    owner: 'facilities',
    reason: 'printers',
    senders: ['example.test'],
    until: '2026-01-02T00:00:00.000Z',
  });
  assert.equal(steps.find(({ check }) => check === 'relay')?.outcome, 'pass');
  assert.equal(await told(made, { from: '', to: 'user@example.test' }), 'taken');
});

test('everybody else on the same listener is refused, and so is the host on any other', async () => {
  const { made } = await world();
  const others: readonly TransactionContext[] = [
    { ...printer, client: '192.0.3.7' },
    { ...context('lmtp'), client: '192.0.2.7' },
  ];
  for (const who of others) assert.equal(await told(made, { who }), '550 5.7.1');
  const submission = await made.intake.begin(
    { ...context('submission'), client: '192.0.2.7' },
    mailFrom('scan@example.test'),
  );
  assert.equal(!submission.ok && submission.reply.code, 530);
});

test('who brings the mail of others relays for nobody', async () => {
  const { made } = await world();
  const gateways = networkSet(['192.0.2.0/24' as Network]);
  assert.equal(await told(made, { who: { ...printer, gateways } }), '550 5.7.1');
  assert.equal(await told(made, { who: { ...printer, isClientUnknown: true } }), '550 5.7.1');
});

test('an entry that has ended relays no longer', async () => {
  const { made, clock } = await world();
  await clock.advance(dayMs);
  assert.equal(await told(made), '550 5.7.1');
});

test('only the senders of the entry, in the envelope and in the header', async () => {
  const { made } = await world();
  assert.equal(await told(made, { from: 'ceo@bank.example' }), '550 5.7.1');
  const note = (await lastTrace(made)).steps.find(({ check }) => check === 'relay');
  assert.match(note?.reason ?? '', /not for this sender/);
  assert.equal(await told(made, { from: 'x@badexample.test' }), '550 5.7.1');
  const headers: readonly (readonly [header: string, answer: string])[] = [
    ['From: ceo@bank.example\r\n', '550 5.7.1'],
    ['From: scan@example.test, ceo@bank.example\r\n', '550 5.7.1'],
    ['From: scan@example.test\r\nSender: ceo@bank.example\r\n', '550 5.7.1'],
    ['From: scan@example.test\r\nFrom: ceo@bank.example\r\n', '550 5.6.0'],
    ['From: ceo@bank.example <scan@example.test\r\n', '550 5.6.0'],
    ['Subject: none\r\n', '550 5.6.0'],
    ['From: scan@lab.example.test\r\n', 'taken'],
  ];
  for (const [header, answer] of headers) assert.equal(await told(made, { header }), answer, header);
  // A notification has no sender, and an author all the same.
  assert.equal(await told(made, { from: '', header: 'From: ceo@bank.example\r\n' }), '550 5.7.1');
});

test('a host of an entry that uses another sender is judged as any stranger', async () => {
  const { made } = await world();
  assert.equal(await told(made, { from: 'x@elsewhere.example', to: 'user@example.test' }), '550 5.7.25');
});
