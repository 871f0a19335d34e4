import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

const kills = Number(process.env['POSTERN_KILLS'] ?? 5);
const writers = 6;

/** What the world was told, which the server must keep true over every kill (STORAGE §2). */
interface Promises {
  /** Messages that were answered 250. */
  readonly acknowledged: Set<string>;
  /** Which message a client saw under a UID. */
  readonly shown: Map<number, string>;
}

test(`${String(kills)} kills of the server under load lose nothing, double nothing and rename no UID`, async (t) => {
  const promises: Promises = { acknowledged: new Set(), shown: new Map() };
  let server = await startPostern();
  t.after(() => server.end());
  for (let round = 0; round < kills; round += 1) {
    await loadAndKill(server, promises, round);
    server = await server.again();
    await verify(server, promises);
  }
  assert.ok(
    promises.acknowledged.size > kills * 10,
    `only ${String(promises.acknowledged.size)} messages were acknowledged`,
  );
});

async function loadAndKill(server: Postern, promises: Promises, round: number): Promise<void> {
  const stopped = new AbortController();
  const work = [
    ...Array.from({ length: writers }, (_, index) =>
      write(server, promises, `${String(round)}-${String(index)}`, stopped.signal),
    ),
    watch(server, promises, stopped.signal),
  ];
  await sleep(300 + Math.random() * 900);
  await server.stop('SIGKILL');
  stopped.abort();
  await Promise.all(work);
}

/** Sends until the server dies; a message counts from its 250 on. Some are large enough to go through the spool. */
async function write(server: Postern, promises: Promises, name: string, signal: AbortSignal): Promise<void> {
  try {
    const writer = await SmtpWriter.connect(server.port('mx'));
    for (let n = 0; !signal.aborted; n += 1) {
      const id = `kill-${name}-${String(n)}`;
      const filler = 'A line of the body that fills the message up.\r\n'.repeat(n % 9 === 8 ? 2_500 : 40);
      const answer = await writer.send(
        'sender@elsewhere.test',
        [server.address],
        `From: sender@elsewhere.test\r\nMessage-ID: <${id}@kill.test>\r\nSubject: ${id}\r\n\r\n${filler}`,
      );
      assert.match(answer, /^250 /);
      promises.acknowledged.add(id);
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
}

/** Notes what each UID is, as a client that keeps a copy would. */
async function watch(server: Postern, promises: Promises, signal: AbortSignal): Promise<void> {
  try {
    const reader = await connectReader(server);
    await reader.command('SELECT INBOX');
    while (!signal.aborted) {
      for (const [uid, id] of await listMessages(reader)) remember(promises, uid, id);
      await sleep(30);
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
}

function remember(promises: Promises, uid: number, id: string): void {
  const before = promises.shown.get(uid);
  assert.ok(before === undefined || before === id, `UID ${String(uid)} was ${before ?? ''} and is now ${id}`);
  promises.shown.set(uid, id);
}

async function verify(server: Postern, promises: Promises): Promise<void> {
  const reader = await connectReader(server);
  let found: readonly (readonly [number, string])[] = [];
  await eventually('everything acknowledged is there', async () => {
    await reader.command('SELECT INBOX');
    found = await listMessages(reader);
    const there = new Set(found.map(([, id]) => id));
    return [...promises.acknowledged].every((id) => there.has(id));
  });
  await reader.close();
  const seen = new Set<string>();
  for (const [uid, id] of found) {
    assert.ok(!seen.has(id), `${id} was delivered twice`);
    seen.add(id);
    remember(promises, uid, id);
  }
}

function connectReader(server: Postern): Promise<ImapReader> {
  return ImapReader.connect({
    port: server.port('imap', 'starttls'),
    user: server.address,
    password: server.password,
  });
}

async function listMessages(reader: ImapReader): Promise<readonly (readonly [number, string])[]> {
  const answer = (await reader.command('UID FETCH 1:* (ENVELOPE)')).toString('latin1');
  return answer
    .split('\r\n')
    .filter((line) => line.includes('FETCH'))
    .map(
      (line) =>
        [Number(/UID (\d+)/.exec(line)?.[1]), /<(kill-[^@]+)@kill\.test>/.exec(line)?.[1] ?? line] as const,
    );
}
