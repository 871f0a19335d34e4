import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeDialer } from '#platform/fake-dialer.ts';
import type { RecipientReport, SendReport, SendRequest, Transport } from '#delivery/outbound/transport.ts';
import { clientTimes } from './client-times.ts';
import { createSmtpTransport } from './smtp-transport.ts';
import { createSink } from './smtp-sink.fixture.ts';
import type { Sink, SinkScript } from './smtp-sink.fixture.ts';

const address = '192.0.2.25';
const never = new AbortController().signal;
const everything = ['PIPELINING', 'SIZE 1000', '8BITMIME', 'STARTTLS', 'CHUNKING', 'BINARYMIME', 'SMTPUTF8'];

function mailbox(local: string): { local: string; domain: Domain } {
  return { local, domain: 'b.test' as Domain };
}

interface World {
  readonly transport: Transport;
  readonly sink: Sink;
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly doubts: string[];
  readonly send: (changes?: Partial<SendRequest>, signal?: AbortSignal) => Promise<SendReport>;
}

function world(script: SinkScript = {}): World {
  const clock = createFakeClock();
  const dialer = createFakeDialer();
  const sink = createSink(script);
  dialer.listen(address, 25, sink.listener);
  const transport = createSmtpTransport({ dialer, clock });
  const doubts: string[] = [];
  const message = Buffer.from('Subject: x\r\n\r\nhello\r\n');
  const request: SendRequest = {
    server: { name: 'mx.b.test', address, port: 25 },
    helo: 'a.test',
    localAddress: undefined,
    tls: 'opportunistic',
    reversePath: { local: 'me', domain: 'a.test' as Domain },
    recipients: [mailbox('one')],
    bodyType: '7bit',
    smtpUtf8: false,
    sizeBytes: message.length,
    content: async () => ({ sizeBytes: message.length, bodyType: '7bit', chunks: () => pieces([message]) }),
    beforeFinal: async () => void doubts.push(`after ${sink.bodies.length}`),
  };
  const send = (changes: Partial<SendRequest> = {}, signal = never): Promise<SendReport> =>
    transport.send({ ...request, ...changes }, signal);
  return { transport, sink, clock, doubts, send };
}

async function* pieces(all: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const one of all) yield one;
}

function outcomes(report: SendReport): readonly RecipientReport['outcome'][] {
  return report.recipients.map((one) => one.outcome);
}

for (const extensions of [[], ['PIPELINING'], everything]) {
  test(`a message is delivered to a server with ${extensions.join(' ') || 'nothing'}`, async () => {
    const { send, sink, doubts } = world({ extensions });
    const report = await send({ recipients: [mailbox('one'), mailbox('two')] });
    assert.deepEqual(outcomes(report), ['delivered', 'delivered']);
    assert.equal(report.recipients[0]?.status, '2.0.0');
    assert.equal(report.tls.used, extensions.includes('STARTTLS'));
    assert.equal(sink.bodies[0]?.toString(), 'Subject: x\r\n\r\nhello\r\n.\r\n');
    assert.deepEqual(doubts, ['after 0']);
  });
}

test('a server that knows only HELO', async () => {
  const { send, sink } = world({ reply: (verb) => (verb === 'EHLO' ? '502 what?' : undefined) });
  assert.deepEqual(outcomes(await send()), ['delivered']);
  assert.equal(sink.commands[1], 'HELO a.test');
});

test('parameters of MAIL: only what is needed and offered', async () => {
  const content: SendRequest['content'] = async () => ({
    sizeBytes: 5,
    bodyType: '8bit',
    chunks: () => pieces([Buffer.from('\r\nx\r\n')]),
  });
  const rich = world({ extensions: everything });
  await rich.send({ content, smtpUtf8: true });
  assert.ok(rich.sink.commands.includes('MAIL FROM:<me@a.test> SIZE=5 BODY=8BITMIME SMTPUTF8'));
  const poor = world();
  await poor.send({ content, reversePath: undefined });
  assert.ok(poor.sink.commands.includes('MAIL FROM:<>'));
});

test('some recipients refused: the others get it, each has its own answer', async () => {
  for (const extensions of [[], ['PIPELINING']]) {
    const { send, sink } = world({
      extensions,
      reply: (verb, line) => {
        if (verb === 'RCPT' && line.includes('no@')) return '550-5.1.1 no\n550 5.1.1 such user';
        return verb === 'RCPT' && line.includes('later@') ? '452 4.2.2 full' : undefined;
      },
    });
    const report = await send({ recipients: ['a', 'no', 'later', 'b'].map(mailbox) });
    assert.deepEqual(outcomes(report), ['delivered', 'permanent', 'temporary', 'delivered']);
    assert.equal(report.recipients[1]?.text, '550 5.1.1 no 5.1.1 such user');
    assert.equal(report.recipients[1]?.status, '5.1.1');
    assert.equal(sink.bodies.length, 1);
  }
});

test('no recipient left: no body, also when the server lets a pipelined DATA begin', async () => {
  for (const extensions of [[], ['PIPELINING']]) {
    const { send, sink, doubts } = world({
      extensions,
      reply: (verb) => (verb === 'RCPT' ? '550 no' : undefined),
    });
    assert.deepEqual(outcomes(await send()), ['permanent']);
    assert.ok(sink.bodies.every((body) => body.toString() === '.\r\n'));
    assert.deepEqual(doubts, []);
  }
});

test('what each refused command means', async () => {
  const table: readonly (readonly [string, string, RecipientReport['outcome']])[] = [
    ['CONNECT', '554 not you', 'connection'],
    ['CONNECT', '421 busy', 'connection'],
    ['EHLO', '550 not you', 'connection'],
    ['MAIL', '451 later', 'temporary'],
    ['MAIL', '550 5.7.1 no', 'permanent'],
    ['MAIL', '421 closing', 'connection'],
    ['RCPT', '552 too many', 'temporary'],
    ['DATA', '451 later', 'temporary'],
    ['DATA', '554 no', 'permanent'],
    ['DATA', '250 what', 'temporary'],
    ['FINAL', '451 later', 'temporary'],
    ['FINAL', '421 closing', 'temporary'],
    ['FINAL', '554 spam', 'permanent'],
    ['FINAL', '354 what', 'temporary'],
  ];
  for (const [verb, reply, outcome] of table) {
    const { send } = world({ reply: (said) => (said === verb ? reply : undefined) });
    assert.deepEqual(outcomes(await send()), [outcome], `${verb} ${reply}`);
  }
});

test('a connection lost at each command: not delivered, and in doubt only after the final dot', async () => {
  for (const extensions of [[], ['PIPELINING']]) {
    for (const verb of ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'FINAL']) {
      const { send, doubts } = world({ extensions, reply: (said) => (said === verb ? 'drop' : undefined) });
      const expected = verb === 'FINAL' ? 'in-doubt' : 'connection';
      assert.deepEqual(outcomes(await send()), [expected], verb);
      assert.equal(doubts.length, verb === 'FINAL' ? 1 : 0);
    }
  }
});

test('a server that says nothing more: the attempt ends in its time', async () => {
  for (const [verb, ms] of [
    ['CONNECT', clientTimes.greetingMs],
    ['EHLO', clientTimes.ehloMs],
    ['MAIL', clientTimes.mailMs],
    ['FINAL', clientTimes.finalMs],
  ] as const) {
    const { send, clock } = world({ reply: (said) => (said === verb ? 'hang' : undefined) });
    const report = send();
    await clock.advance(ms);
    const [outcome] = outcomes(await report);
    assert.equal(outcome, verb === 'FINAL' ? 'in-doubt' : 'connection', verb);
  }
});

test('the signal ends an attempt at once', async () => {
  const { send } = world({ reply: (verb) => (verb === 'MAIL' ? 'hang' : undefined) });
  const stop = new AbortController();
  const report = send({}, stop.signal);
  setImmediate(() => stop.abort());
  assert.deepEqual(outcomes(await report), ['connection']);
});

test('a body that breaks off on their side or ours never gets an end', async () => {
  const big = Array.from({ length: 200 }, () => Buffer.alloc(10_000, 'x'));
  const theirs = world({ dropInBodyAfter: 1 });
  const content: SendRequest['content'] = async () => ({
    sizeBytes: 2_000_000,
    bodyType: '7bit',
    chunks: () => pieces(big),
  });
  const lost = theirs.send({ content });
  await theirs.clock.advance(3_000);
  assert.deepEqual(outcomes(await lost), ['connection']);
  assert.deepEqual(theirs.doubts, []);

  const mine = world();
  async function* breaking(): AsyncIterable<Uint8Array> {
    yield Buffer.from('Subject: x\r\n\r\nhalf\r\n');
    throw new Error('damaged');
  }
  const report = await mine.send({
    content: async () => ({ sizeBytes: 100, bodyType: '7bit', chunks: breaking }),
  });
  assert.deepEqual(outcomes(report), ['temporary']);
  assert.deepEqual(mine.sink.bodies, []);
});

test('the attempt is in doubt before the final dot goes out, however the body falls into blocks', async () => {
  for (let sizeBytes = 65_530; sizeBytes <= 65_540; sizeBytes += 1) {
    const { send, sink, doubts } = world();
    const body = Buffer.concat([Buffer.alloc(sizeBytes - 2, 'x'), Buffer.from('\r\n')]);
    const content = { sizeBytes, bodyType: '7bit', chunks: () => pieces([body]) } as const;
    assert.deepEqual(outcomes(await send({ content: async () => content })), ['delivered']);
    assert.deepEqual([doubts, sink.bodies[0]?.length], [['after 0'], sizeBytes + 3], `${sizeBytes}`);
  }
});

test('whatever begins with 2 is taken: what a server accepted is not sent again (RFC 5321 §4.2.1)', async () => {
  for (const verb of ['MAIL', 'RCPT', 'FINAL']) {
    const { send } = world({ reply: (asked) => (asked === verb ? '200 fine' : undefined) });
    assert.deepEqual(outcomes(await send()), ['delivered'], verb);
  }
});

test('BDAT for binary, byte for byte', async () => {
  const { send, sink } = world({ extensions: ['CHUNKING', 'BINARYMIME'] });
  const body = Buffer.concat([Buffer.from('A: b\r\n\r\n\0\r\n.\r\n\n\r'), Buffer.alloc(600_000, 0xfe)]);
  const report = await send({
    content: async () => ({ sizeBytes: body.length, bodyType: 'binary', chunks: () => pieces([body]) }),
  });
  assert.deepEqual(outcomes(report), ['delivered']);
  assert.ok(sink.commands.includes('MAIL FROM:<me@a.test> BODY=BINARYMIME'));
  assert.deepEqual(sink.bodies[0], body);
});

test('BDAT in several chunks', async () => {
  const { send, sink } = world({ extensions: ['CHUNKING', 'BINARYMIME', 'PIPELINING'] });
  const blocks = Array.from({ length: 10 }, (_, i) => Buffer.alloc(100_000, i));
  const report = await send({
    content: async () => ({ sizeBytes: 1_000_000, bodyType: 'binary', chunks: () => pieces(blocks) }),
  });
  assert.deepEqual(outcomes(report), ['delivered']);
  assert.deepEqual(sink.bodies[0], Buffer.concat(blocks));
  assert.ok(sink.commands.filter((line) => line.startsWith('BDAT')).length > 2);
  assert.ok(sink.commands.at(-1)?.endsWith(' LAST'));
});

test('too large for the server, or not to be made fit: refused before MAIL', async () => {
  const large = world({ extensions: ['SIZE 10'] });
  const [tooLarge] = (await large.send()).recipients;
  assert.deepEqual([tooLarge?.outcome, tooLarge?.status], ['permanent', '5.3.4']);
  const poor = world();
  const unfit = { unfit: 'signed and too long', status: '5.6.3' };
  const [other] = (await poor.send({ content: async () => unfit })).recipients;
  assert.deepEqual(
    [other?.outcome, other?.status, other?.text],
    ['permanent', '5.6.3', 'signed and too long'],
  );
  assert.ok(!poor.sink.commands.some((line) => line.startsWith('MAIL')));
});

test('S-08: a refused STARTTLS ends the attempt, and nothing follows in the clear', async () => {
  const { send, sink } = world({
    extensions: ['STARTTLS'],
    reply: (verb) => (verb === 'STARTTLS' ? '454 not now' : undefined),
  });
  assert.deepEqual(outcomes(await send()), ['tls']);
  assert.ok(!sink.commands.some((line) => line.startsWith('MAIL')));
});

test('S-08: where TLS must be, a server without it gets nothing', async () => {
  for (const tls of ['encrypted', 'verified'] as const) {
    const { send, sink } = world();
    assert.deepEqual(outcomes(await send({ tls })), ['tls']);
    assert.ok(!sink.commands.some((line) => line.startsWith('MAIL')));
  }
  const clear = world({ extensions: ['STARTTLS'] });
  assert.equal((await clear.send({ tls: 'clear' })).tls.used, false);
});

test('clear text behind the reply to STARTTLS is not believed (response injection)', async () => {
  const { send, sink } = world({
    extensions: ['STARTTLS'],
    inject: { verb: 'STARTTLS', text: '250-sink\r\n250 CHUNKING\r\n' },
  });
  assert.deepEqual(outcomes(await send()), ['tls']);
  assert.equal(sink.commands.at(-1), 'STARTTLS');
});

test('an answer to the body before the body is not believed', async () => {
  const { send } = world({ inject: { verb: 'DATA', text: '250 taken\r\n' } });
  assert.deepEqual(outcomes(await send()), ['temporary']);
});

test('foreign words come as one printable line of at most 512 octets (S-05)', async () => {
  const { send } = world({
    reply: (verb) => (verb === 'MAIL' ? `550-\u001b[31m\u202e\n550 ${'é'.repeat(900)}` : undefined),
  });
  const [report] = (await send()).recipients;
  assert.ok(Buffer.byteLength(report?.text ?? '') <= 512);
  assert.match(report?.text ?? '', /^550 \?\[31m\? é+\.\.\.$/);
});

test('a kept connection serves the next message to the same server, and only it', async () => {
  const { send, sink, clock } = world({ extensions: ['PIPELINING'] });
  await send();
  await send();
  assert.equal(sink.connections, 1);
  assert.ok(!sink.commands.includes('RSET'), 'after a message that ended nothing has to be cleared');
  await send({ server: { name: 'other.test', address, port: 25 } });
  assert.equal(sink.connections, 2);
  await clock.advance(clientTimes.idleMs);
  assert.equal(sink.commands.filter((line) => line === 'QUIT').length, 2);
  await send();
  assert.equal(sink.connections, 3);
});

test('S-08: a kept connection in the clear is not used where TLS must be; an encrypted one is', async () => {
  const clear = world();
  await clear.send();
  await clear.send({ tls: 'encrypted' });
  assert.equal(clear.sink.connections, 2);
  const secure = world({ extensions: ['STARTTLS'] });
  await secure.send();
  await secure.send({ tls: 'encrypted' });
  await secure.send();
  assert.equal(secure.sink.connections, 1);
  await secure.send({ tls: 'verified' });
  assert.equal(secure.sink.connections, 2);
});

test('a kept connection that died is replaced, and close ends those that wait', async () => {
  for (const extensions of [[], ['PIPELINING']]) {
    for (const end of ['drop', '421 4.4.2 idle for too long']) {
      let mails = 0;
      const { send, sink, transport } = world({
        extensions,
        reply: (verb) => (verb === 'MAIL' && (mails += 1) === 2 ? end : undefined),
      });
      await send();
      assert.deepEqual(outcomes(await send()), ['delivered'], end);
      assert.equal(sink.connections, 2);
      const sent = sink.bodies.filter((body) => body.length > '.\r\n'.length);
      assert.equal(sent.length, 2, 'each message once');
      await transport.close();
      assert.equal(sink.commands.at(-1), 'QUIT');
    }
  }
});

test('a new connection that is lost at MAIL is not tried once more: the next server is', async () => {
  const { send, sink } = world({ reply: (verb) => (verb === 'MAIL' ? '421 no' : undefined) });
  assert.deepEqual(outcomes(await send()), ['connection']);
  assert.equal(sink.connections, 1);
});

test('after a refused message the connection is used again, after a broken one not', async () => {
  const refusing = world({ reply: (_verb, line) => (line.includes('RCPT TO:<no@') ? '550 no' : undefined) });
  await refusing.send({ recipients: [mailbox('no')] });
  await refusing.send();
  assert.equal(refusing.sink.connections, 1);
  assert.ok(refusing.sink.commands.includes('RSET'), 'the server still held an envelope');
  const lying = world({ inject: { verb: 'FINAL', text: '250 and more\r\n' } });
  await lying.send();
  await lying.send();
  assert.equal(lying.sink.connections, 2);
});

test('nobody there', async () => {
  const { send } = world();
  const report = await send({ server: { name: 'mx.b.test', address: '192.0.2.99', port: 25 } });
  assert.deepEqual(report.recipients[0], {
    outcome: 'connection',
    code: undefined,
    status: undefined,
    command: 'connect',
    text: 'connection refused',
  });
});
