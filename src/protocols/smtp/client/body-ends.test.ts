import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeDialer } from '#platform/fake-dialer.ts';
import type { SendRequest } from '#delivery/outbound/transport.ts';
import { createSmtpTransport } from './smtp-transport.ts';
import { createSink } from './smtp-sink.fixture.ts';

const octets = ['\r', '\n', '\r\n', '.', '\0'];
/** All to this length; of longer ones samples, for the serializer alone is tried with all (`mail/serialize.test.ts`). */
const wholeLengthMax = 4;
const lengthMax = Number(process.env['POSTERN_BODY_ENDS'] ?? wholeLengthMax);
const sampledEvery = 31;

function* sequences(length: number): Iterable<string> {
  if (length === 0) yield '';
  else for (const rest of sequences(length - 1)) for (const one of octets) yield one + rest;
}

async function* inPieces(body: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

test(`every end of a body up to ${lengthMax} pieces leaves the wire clean (DESIGN §4)`, async () => {
  const dialer = createFakeDialer();
  const sink = createSink({ extensions: ['PIPELINING'] });
  dialer.listen('192.0.2.1', 25, sink.listener);
  const transport = createSmtpTransport({ dialer, clock: createFakeClock() });
  let sent = 0;
  let turn = 0;
  for (let length = 0; length <= lengthMax; length += 1) {
    for (const end of sequences(length)) {
      turn += 1;
      if (length > wholeLengthMax && turn % sampledEvery > 0) continue;
      const body = Buffer.from(`A: b\r\n\r\nx${end}`);
      const request = requestFor(body, '7bit', 1 + (sent % 7));
      const report = await transport.send(request, new AbortController().signal);
      const shown = JSON.stringify(end);
      sent += 1;
      assert.equal(report.recipients[0]?.outcome, 'delivered', shown);
      assert.equal(sink.bodies.length, sent, `one end only: ${shown}`);
      assertClean(sink.bodies.at(-1)?.toString('latin1') ?? '', shown);
    }
  }
  assert.ok(
    sink.commands.every((line) => /^(EHLO|MAIL|RCPT|DATA|RSET)/.test(line)),
    'nothing was smuggled',
  );
});

test('BDAT carries binary byte for byte, whatever its ends look like', async () => {
  const dialer = createFakeDialer();
  const sink = createSink({ extensions: ['CHUNKING', 'BINARYMIME', 'PIPELINING'] });
  dialer.listen('192.0.2.1', 25, sink.listener);
  const transport = createSmtpTransport({ dialer, clock: createFakeClock() });
  for (const end of sequences(3)) {
    const body = Buffer.from(`A: b\r\n\r\n${end}x${end}`);
    const report = await transport.send(requestFor(body, 'binary', 5), new AbortController().signal);
    assert.equal(report.recipients[0]?.outcome, 'delivered', JSON.stringify(end));
    assert.deepEqual(sink.bodies.at(-1), body);
  }
});

function requestFor(body: Buffer, bodyType: '7bit' | 'binary', pieceSize: number): SendRequest {
  return {
    server: { name: 'mx.test', address: '192.0.2.1', port: 25 },
    helo: 'a.test',
    localAddress: undefined,
    tls: 'clear',
    reversePath: undefined,
    recipients: [{ local: 'a', domain: 'b.test' as Domain }],
    bodyType,
    smtpUtf8: false,
    sizeBytes: body.length,
    content: async () => ({ sizeBytes: body.length, bodyType, chunks: () => inPieces(body, pieceSize) }),
    beforeFinal: async () => undefined,
  };
}

function assertClean(wire: string, shown: string): void {
  assert.ok(wire.endsWith('\r\n.\r\n'), shown);
  assert.ok(!wire.includes('\0'), shown);
  assert.equal(wire.replaceAll('\r\n', '').search(/[\r\n]/), -1, `bare CR or LF: ${shown}`);
  const lines = wire.slice(0, -5).split('\r\n');
  assert.ok(
    lines.every((line) => !line.startsWith('.') || line.startsWith('..')),
    `dot not doubled: ${shown}`,
  );
}
