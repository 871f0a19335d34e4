import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';

const zone = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
};

/** Mail from a domain that does not exist, which the check `sender-domain` finds at the envelope. */
const mail = mailFrom('a@missing.example');
const message = 'From: a@missing.example\r\n\r\nhello\r\n';

test('P-17: an envelope check set to junk takes the message, into Junk', async () => {
  const world = await intakeWorld({ policy: { zone, settings: { 'policy.sender_domain.action': 'junk' } } });
  const [answer] = await send(world, { mail, message });
  assert.ok(answer?.ok);
  const traces = await world.store.traces.list({}, undefined, 1);
  const verdict = traces.ok ? traces.value.items[0]?.verdict : undefined;
  assert.deepEqual([verdict?.action, verdict?.by], ['quarantine', 'sender-domain']);
});

test('P-17: an envelope check set to greylist puts off once, and lets in who comes again', async () => {
  const settings = { 'policy.sender_domain.action': 'greylist' };
  const world = await intakeWorld({ policy: { zone, settings } });
  const [first] = await send(world, { mail, message });
  assert.ok(first?.ok === false && first.reply.code === 451);
  await world.clock.advance(6 * 60_000);
  const [second] = await send(world, { mail, message });
  assert.ok(second?.ok, JSON.stringify(second));
});

test('an envelope check set to refuse or defer speaks at RCPT', async () => {
  for (const [action, code] of [
    ['refuse', 550],
    ['defer', 451],
  ] as const) {
    const settings = { 'policy.sender_domain.action': action };
    const world = await intakeWorld({ policy: { zone, settings } });
    const transaction = await begin(world, context('mx'), mail);
    const taken = await transaction.recipient(address('user@example.test'));
    assert.ok(!taken.ok && taken.reply.code === code);
    await transaction.abandon('QUIT');
  }
});
