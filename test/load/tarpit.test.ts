import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLimits, defaultLimits } from '#net/connection-limits.ts';
import { gateOf } from '#net/gate.fixture.ts';
import { Listener } from '#net/listener.ts';
import { systemTimers } from '#net/timers.ts';
import { fakeIntake } from '#protocols/smtp/server/smtp-session.fixture.ts';
import { defaultSmtpLimits } from '#protocols/smtp/server/smtp-options.ts';
import type { SmtpTarpit } from '#protocols/smtp/server/smtp-options.ts';
import { createSmtpFactory } from '#protocols/smtp/server/smtp-session.ts';
import type { Domain } from '#mail/domain.ts';

/** P-32 */
const socketsCount = 5000;
const memoryBytesMax = 100 * 1024 * 1024;

/** Connects so often, says its words when it is greeted, and holds still; says when all are there. */
const clients = `
const { connect } = require('node:net');
const [port, count] = process.argv.slice(1, 3).map(Number);
const words = process.argv[3] ?? '';
let open = 0;
function next(index) {
  if (index >= count) return;
  const socket = connect(port, '127.0.0.1', () => {
    if (words === '') ready(index);
  });
  socket.once('data', () => {
    socket.write(words);
    ready(index);
  });
  socket.on('error', (error) => { console.log(error.message); process.exit(1); });
}
function ready(index) {
  open += 1;
  if (open === count) console.log('all');
  next(index + 50);
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

const heldMs = 600_000;

interface Tar {
  readonly what: string;
  /** @param hold counts an answer that is held back, and says how long */
  readonly tarpit: (hold: () => number) => SmtpTarpit;
  /** What each client says once it is greeted; nothing: it waits for that. */
  readonly words: string;
}

const tars: readonly Tar[] = [
  {
    what: 'before the greeting',
    tarpit: (hold) => ({ greetingMs: hold, errorMs: () => 0 }),
    words: '',
  },
  {
    what: 'after mistakes, with more behind them',
    tarpit: (hold) => ({
      greetingMs: () => 1,
      errorMs: (errors) => (errors < 3 ? 0 : hold()),
    }),
    words: `EHLO client.example\r\n${'XYZZY\r\n'.repeat(8)}`,
  },
];

for (const { what, tarpit, words } of tars)
  test(`5,000 sockets tarpitted ${what} stay under 100 MiB (P-32)`, { timeout: 120_000 }, (t) =>
    holds(t, tarpit, words),
  );

async function holds(t: TestContext, tarpit: Tar['tarpit'], words: string): Promise<void> {
  const held = { count: 0 };
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
      tarpit: tarpit(() => {
        held.count += 1;
        return heldMs;
      }),
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
  const child = spawn(process.execPath, ['-e', clients, String(port), String(socketsCount), words]);
  t.after(async () => {
    child.kill('SIGKILL');
    await listener.value.close(100);
  });
  const [said] = (await new Promise<readonly Buffer[]>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve([chunk]));
  })) as readonly [Buffer];
  assert.equal(said.toString().trim(), 'all');
  for (let tries = 0; held.count < socketsCount && tries < 100; tries += 1) await sleep(50);
  assert.equal(held.count, socketsCount, 'each is held once, and says nothing further meanwhile');
  assert.equal(listener.value.connectionCount, socketsCount);
  const usedBytes = (await settledRss()) - beforeBytes;
  t.diagnostic(
    `${(usedBytes / 1024 / 1024).toFixed(1)} MiB, ${(usedBytes / socketsCount / 1024).toFixed(1)} KiB each`,
  );
  assert.ok(usedBytes < memoryBytesMax, `${usedBytes} bytes`);
}
