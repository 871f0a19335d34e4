import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '#protocols/conversation.ts';
import { fakeIntake, lineFrame, makeSession, said } from './smtp-session.fixture.ts';
import type { SmtpRole, SmtpTarpit } from './smtp-options.ts';

function tarpit(greetingMs: number): SmtpTarpit {
  return {
    greetingMs: () => Promise.resolve(greetingMs),
    errorMs: (errors) => (errors > 2 ? errors * 100 : 0),
  };
}

function pauseMs({ next }: Turn): number {
  return next.kind === 'pause' ? next.ms : 0;
}

async function talk(role: SmtpRole, greetingMs: number, lines: readonly string[]) {
  const intake = fakeIntake();
  const session = makeSession(intake, { role, tarpit: tarpit(greetingMs) });
  const opened = await session.open();
  const turns: Turn[] = [opened];
  for (const line of lines) turns.push(await session.frame(lineFrame(line)));
  return { intake, opened, turns };
}

test('a stranger waits for the greeting, and longer for each mistake after the second (P-32)', async () => {
  const { turns, intake } = await talk('mx', 1000, ['EHLO x.example', 'A', 'B', 'C', 'NOOP', 'D']);
  assert.deepEqual(turns.map(pauseMs), [1000, 0, 0, 0, 300, 0, 400]);
  assert.match(said(turns[0] ?? assert.fail()), /^220 /);
  assert.deepEqual(intake.refusals, []);
});

test('a known peer waits for nothing; nobody does on submission or lmtp (S-01)', async () => {
  const lines = ['A', 'B', 'C', 'D', 'E'];
  for (const { turns } of [
    await talk('mx', 0, lines),
    await talk('submission', 1000, lines),
    await talk('lmtp', 1000, lines),
  ])
    assert.deepEqual(turns.map(pauseMs), [0, 0, 0, 0, 0, 0]);
});

test('who speaks before the greeting is refused, and the trace says so', async () => {
  const { opened, intake } = await talk('mx', 1000, []);
  assert.ok(opened.next.kind === 'pause' && opened.next.early !== undefined);
  const turn = opened.next.early();
  assert.match(said(turn), /^554 5\.5\.1 You spoke before you were greeted \[T:/);
  assert.deepEqual(turn.next, { kind: 'close' });
  assert.deepEqual(intake.refusals, ['early-talker']);
});

test('lost patience is on record', async () => {
  const { turns, intake } = await talk(
    'mx',
    0,
    Array.from({ length: 11 }, () => 'X'),
  );
  assert.match(said(turns.at(-1) ?? assert.fail()), /421 4\.7\.0/);
  assert.deepEqual(intake.refusals, ['patience']);
});
