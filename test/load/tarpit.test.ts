import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLimits, defaultLimits } from '#net/connection-limits.ts';
import { gateOf } from '#net/gate.ts';
import { Listener } from '#net/listener.ts';
import { systemTimers } from '#net/timers.ts';
import { fakeIntake } from '#protocols/smtp/server/smtp-session.fixture.ts';
import { defaultSmtpLimits } from '#protocols/smtp/server/smtp-options.ts';
import { createSmtpFactory } from '#protocols/smtp/server/smtp-session.ts';
import type { Domain } from '#mail/domain.ts';

/** P-32 */
const socketsCount = 5000;
const memoryBytesMax = 100 * 1024 * 1024;

/** Connects so often and holds still; says when all are there. */
const clients = `
const { connect } = require('node:net');
const [port, count] = process.argv.slice(1).map(Number);
let open = 0;
function next(index) {
  if (index >= count) return;
  const socket = connect(port, '127.0.0.1', () => {
    open += 1;
    if (open === count) console.log('all');
    next(index + 50);
  });
  socket.on('error', (error) => { console.log(error.message); process.exit(1); });
}
for (let lane = 0; lane < 50; lane += 1) next(lane);
`;

async function settledRss(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await sleep(100);
  }
  return process.memoryUsage().rss;
}

test('5,000 tarpitted sockets stay under 100 MiB (P-32)', { timeout: 120_000 }, async (t) => {
  const greetingMs = 600_000;
  const listener = await Listener.open({
    name: 'mx',
    role: 'mx',
    address: '127.0.0.1',
    port: 0,
    tlsMode: 'none',
    tls: undefined,
    factory: createSmtpFactory({
      role: 'mx',
      hostname: 'mx.example.test',
      postmasterDomain: 'example.test' as Domain,
      intake: fakeIntake(),
      authenticator: undefined,
      limits: defaultSmtpLimits,
      clock: { monotonic: () => performance.now() },
      tarpit: { greetingMs: () => greetingMs, errorMs: () => 0 },
    }),
    gate: gateOf(
      new ConnectionLimits({ ...defaultLimits, perAddressMax: 0, perNetworkMax: 0, newPerAddressMax: 0 }),
    ),
    exemptions: () => new Set(),
    newSessionId: () => 's',
    timers: systemTimers,
    events: () => undefined,
  });
  assert.ok(listener.ok);
  const { port } = listener.value;
  const beforeBytes = await settledRss();
  const child = spawn(process.execPath, ['-e', clients, String(port), String(socketsCount)]);
  t.after(async () => {
    child.kill('SIGKILL');
    await listener.value.close(100);
  });
  const [words] = (await new Promise<readonly Buffer[]>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve([chunk]));
  })) as readonly [Buffer];
  assert.equal(words.toString().trim(), 'all');
  for (let tries = 0; listener.value.connectionCount < socketsCount && tries < 100; tries += 1)
    await sleep(50);
  assert.equal(listener.value.connectionCount, socketsCount);
  const usedBytes = (await settledRss()) - beforeBytes;
  t.diagnostic(
    `${(usedBytes / 1024 / 1024).toFixed(1)} MiB, ${(usedBytes / socketsCount / 1024).toFixed(1)} KiB each`,
  );
  assert.ok(usedBytes < memoryBytesMax, `${usedBytes} bytes`);
});
