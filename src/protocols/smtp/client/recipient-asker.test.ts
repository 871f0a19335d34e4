import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeDialer } from '#platform/fake-dialer.ts';
import type { RecipientQuestion } from '#delivery/downstream/recipient-asker.ts';
import { createRecipientAsker } from './recipient-asker.ts';
import { createSink } from './smtp-sink.fixture.ts';
import type { SinkScript } from './smtp-sink.fixture.ts';

const question: RecipientQuestion = {
  server: { name: 'inner.test', address: '10.0.0.7', port: 25 },
  helo: 'mx.a.test',
  localAddress: undefined,
  tls: 'opportunistic',
  recipient: { local: 'boss', domain: 'a.test' as Domain },
};

async function ask(script: SinkScript, change: Partial<RecipientQuestion> = {}) {
  const clock = createFakeClock();
  const dialer = createFakeDialer();
  const sink = createSink(script);
  dialer.listen('10.0.0.7', 25, sink.listener);
  const asker = createRecipientAsker({ dialer, clock });
  const asking = asker.ask({ ...question, ...change }, new AbortController().signal);
  return { asking, sink, clock };
}

function answering(verb: string, reply: string): SinkScript {
  return { reply: (said) => (said === verb ? reply : undefined) };
}

test('it asks up to RCPT from nobody, and goes without a message (I-88)', async () => {
  const { asking, sink } = await ask({});
  assert.equal((await asking).outcome, 'delivered');
  assert.deepEqual(sink.commands.slice(-3), ['MAIL FROM:<>', 'RCPT TO:<boss@a.test>', 'QUIT']);
  assert.equal(sink.bodies.length, 0);
});

test('what is said of the address, and what is said of us', async () => {
  const cases: readonly (readonly [verb: string, reply: string, outcome: string])[] = [
    ['RCPT', '550 5.1.1 nobody', 'permanent'],
    ['RCPT', '450 4.7.1 greylisted', 'temporary'],
    ['RCPT', '421 4.3.2 closing', 'temporary'],
    ['MAIL', '550 5.7.1 no bounces here', 'temporary'],
    ['CONNECT', '554 5.7.1 not you', 'connection'],
    ['RCPT', 'drop', 'connection'],
    ['MAIL', 'drop', 'connection'],
  ];
  for (const [verb, reply, outcome] of cases) {
    const { asking, sink } = await ask(answering(verb, reply));
    assert.equal((await asking).outcome, outcome, `${verb} ${reply}`);
    assert.ok(!sink.commands.includes('DATA'));
  }
});

test('TLS is used where it is offered, and demanded where it is demanded', async () => {
  const offered = await ask({ extensions: ['STARTTLS'] });
  assert.equal((await offered.asking).outcome, 'delivered');
  assert.ok(offered.sink.commands.includes('STARTTLS'));
  for (const tls of ['encrypted', 'verified'] as const) {
    const { asking, sink } = await ask({}, { tls });
    assert.equal((await asking).outcome, 'tls');
    assert.ok(!sink.commands.some((line) => line.startsWith('MAIL')));
  }
});

test('an address in UTF-8 is asked for only where that is understood', async () => {
  const recipient = { local: 'jürgen', domain: 'a.test' as Domain };
  const plain = await ask({}, { recipient });
  const report = await plain.asking;
  assert.deepEqual([report.outcome, report.status], ['permanent', '5.6.7']);
  const able = await ask({ extensions: ['SMTPUTF8'] }, { recipient });
  assert.equal((await able.asking).outcome, 'delivered');
  assert.ok(able.sink.commands.includes('MAIL FROM:<> SMTPUTF8'));
});

test('who says nothing is not waited for as a message would be', async () => {
  const { asking, clock } = await ask(answering('RCPT', 'hang'));
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(10_000);
  assert.equal((await asking).outcome, 'connection');
});

test('words of the server are one printable line (S-05)', async () => {
  const { asking } = await ask(answering('RCPT', '550 5.1.1 no \u001b[31m such'));
  assert.match((await asking).text, /^[\x20-\x7e]+$/);
});
