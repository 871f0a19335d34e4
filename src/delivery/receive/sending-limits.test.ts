import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '#base/client-address.ts';
import { err } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import { createMemoryCounters } from '#store/memory/memory-counters.ts';
import { address, begin, clean, context, intakeWorld, mailFrom } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';
import { SendingLimits } from './sending-limits.ts';
import type { SendingQuota } from './sending-limits.ts';

const hourMs = 3_600_000;
const none: SendingQuota = {
  messagesPerHour: 0,
  messagesPerDay: 0,
  recipientsPerHour: 0,
  recipientsPerDay: 0,
};

async function world(quota: Partial<SendingQuota>, counters = createMemoryCounters()) {
  const clock = createFakeClock();
  const quotas = { account: { ...none, ...quota }, relay: { ...none, ...quota } };
  const relays = new RelayBook({ clock, changed: () => undefined });
  const entry = { owner: 'o', reason: 'r', senders: ['example.test' as Domain], forMs: 30 * hourMs };
  for (const network of ['192.0.2.0/24', '198.51.100.0/24'])
    relays.add({ ...entry, network: network as Network });
  const sending = new SendingLimits({ counters, clock, quotas });
  const made = await intakeWorld({ also: { sending, relays } });
  return { made, clock, quotas, account: context('submission', made.user) };
}

function relay(client: string): TransactionContext {
  return { ...context('mx'), client };
}

/** The first refusal, or `taken`. */
async function told(made: IntakeWorld, who: TransactionContext, recipients = 1): Promise<string> {
  const begun = await made.intake.begin(who, mailFrom('user@example.test'));
  if (!begun.ok) return `${begun.reply.code} ${begun.reply.status} ${begun.reply.text}`;
  for (let count = 0; count < recipients; count += 1) {
    const taken = await begun.value.recipient(address(`r${count}@elsewhere.example`));
    if (taken.ok) continue;
    await begun.value.abandon('QUIT');
    return `${taken.reply.code} ${taken.reply.status} ${taken.reply.text}`;
  }
  await begun.value.write(Buffer.from('From: user@example.test\r\n\r\nhi\r\n'));
  const [answer] = await begun.value.finish(clean);
  assert.ok(answer !== undefined);
  return answer.ok ? 'taken' : `${answer.reply.code} ${answer.reply.status} ${answer.reply.text}`;
}

test('messages and recipients of an account are counted over an hour and a day (I-90)', async () => {
  const { made, clock, account } = await world({ messagesPerHour: 2, recipientsPerDay: 5 });
  assert.equal(await told(made, account, 2), 'taken');
  assert.equal(await told(made, account), 'taken');
  assert.match(await told(made, account), /^452 4\.7\.1 the limit of messages .* try again later/);
  assert.deepEqual(
    made.events
      .filter(({ name }) => name === 'sending-limited')
      .map((event) => 'sender' in event && event.sender),
    ['user@example.test'],
  );
  await clock.advance(hourMs + hourMs / 8);
  assert.match(await told(made, account, 3), /^452 4\.7\.1 the limit of recipients/);
  assert.equal(await told(made, account, 2), 'taken');
  await clock.advance(hourMs + hourMs / 8);
  assert.match(await told(made, account), /^452 4\.7\.1 the limit of recipients/);
});

test('each account and each relay entry has its own', async () => {
  const { made, account } = await world({ messagesPerDay: 1 });
  for (const who of [account, relay('192.0.2.7'), relay('198.51.100.7')]) {
    assert.equal(await told(made, who), 'taken');
    assert.match(await told(made, who), /^452/);
  }
  // Another host of the same entry.
  assert.match(await told(made, relay('192.0.2.8')), /^452/);
});

test('who sends over many connections at once sends no more', async () => {
  const { made, account } = await world({ recipientsPerHour: 10, messagesPerHour: 100 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => told(made, account, 3)));
  assert.equal(answers.filter((one) => one === 'taken').length, 3);
  assert.ok(answers.every((one) => one === 'taken' || one.startsWith('452 4.7.1')));
  assert.equal(await told(made, account), 'taken');
});

test('what is refused for another reason is not counted, and mail from outside never is', async () => {
  const { made, account } = await world({ messagesPerDay: 1 });
  const begun = await begin(made, account, mailFrom('user@example.test'));
  await begun.recipient(address('r@elsewhere.example'));
  await begun.write(Buffer.from('From: other@example.test\r\n\r\nhi\r\n'));
  const [refused] = await begun.finish(clean);
  assert.ok(refused !== undefined && !refused.ok);
  assert.equal(await told(made, account), 'taken');
  for (let count = 0; count < 3; count += 1) {
    const inbound = await begin(made, context('mx'), mailFrom('stranger@elsewhere.example'));
    assert.ok((await inbound.recipient(address('user@example.test'))).ok);
    await inbound.write(Buffer.from('From: stranger@elsewhere.example\r\n\r\nhi\r\n'));
    const [taken] = await inbound.finish(clean);
    assert.ok(taken?.ok);
  }
});

test('a limit that changes counts for the next message; a message that can never pass is refused for good', async () => {
  const { made, quotas, account } = await world({ recipientsPerHour: 2 });
  const limits = { ...quotas.account };
  Object.assign(quotas.account, { recipientsPerHour: 0, recipientsPerDay: 0 });
  assert.equal(await told(made, account, 5), 'taken');
  const sending = new SendingLimits({
    counters: createMemoryCounters(),
    clock: createFakeClock(),
    quotas: { account: limits, relay: none },
  });
  const finding = await sending.take({ kind: 'account', name: 'a' }, 3);
  assert.deepEqual([finding?.refusal.code, finding?.refusal.status], [550, '5.7.1']);
  assert.equal(await sending.take({ kind: 'account', name: 'a' }, 2), undefined);
});

test('a store that cannot count holds nobody up, and says so', async () => {
  const trouble = async () => err({ code: 'unavailable', detail: 'test' } as const);
  const { made, account } = await world({ messagesPerDay: 1 }, { add: trouble, read: trouble });
  assert.equal(await told(made, account), 'taken');
  assert.equal(await told(made, account), 'taken');
  const list = await made.store.traces.list({}, undefined, 1);
  const step = list.ok
    ? list.value.items[0]?.steps.find(({ check }) => check === 'sending-limit')
    : undefined;
  assert.equal(step?.outcome, 'error');
});
