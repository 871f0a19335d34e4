import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Next, ProtocolSession, Turn } from '#protocols/conversation.ts';
import { startPop3 } from './pop3.fixture.ts';

const numRuns = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 5);
const tls = { version: 'TLSv1.3', cipher: 'x' };

const facts = {
  sessionId: 's',
  listener: 'pop3',
  role: 'pop3',
  client: '192.0.2.1',
  clientPort: 1,
  localAddress: '192.0.2.2',
  localPort: 110,
  tlsMode: 'starttls',
  exempt: new Set(['rate'] as const),
  wake: () => undefined,
} as const;

const words =
  'STAT LIST RETR TOP UIDL DELE RSET NOOP CAPA AUTH PLAIN USER PASS STLS 1 2 3 0 -1 99999999999 = * x '.split(
    ' ',
  );
const word = fc.constantFrom(...words);
const line = fc.oneof(
  fc.array(word, { maxLength: 4 }).map((some) => Buffer.from(some.join(' '))),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

async function said(turn: Turn): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of turn.output) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

function afterPause(next: Next): Next {
  return next.kind === 'pause' ? next.next : next;
}

/** Feeds lines until the session is over; each gets exactly one answer. */
async function converse(session: ProtocolSession, lines: readonly Buffer[]): Promise<void> {
  for (const bytes of lines) {
    const turn = await session.frame({ kind: 'line', bytes });
    assert.match(await said(turn), /^(?:\+OK|-ERR|\+ )[^\r\n]*\r\n(?:$|(?:[^]*\r\n)?\.\r\n$)/);
    const next = afterPause(turn.next);
    if (next.kind === 'close') return;
    if (next.kind === 'tls') await session.secured(tls);
  }
}

test('whatever a client says, logged in or not, it gets one answer each, and nothing is thrown', async () => {
  const server = await startPop3();
  await server.append('Subject: x\r\n\r\n.\r\nx\r\n');
  await server.append('no header at all');
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, loggedIn) => {
      const session = server.factory({ ...facts, tls: loggedIn ? tls : undefined });
      await session.open();
      if (loggedIn) {
        await session.frame({ kind: 'line', bytes: Buffer.from('USER user@example.test') });
        assert.equal(
          await said(await session.frame({ kind: 'line', bytes: Buffer.from('PASS secret') })),
          '+OK Logged in\r\n',
        );
      }
      await converse(session, lines);
      await session.closed('peer');
      assert.equal(await server.count(), 2);
    }),
    { numRuns },
  );
});
