import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { SignAs } from '#mailauth/dkim/sign-as.fixture.ts';
import { eventually, missingPeer } from '#test/peers/peer.ts';
import { startJudgingServer, type JudgingServer } from './judging-server.ts';

const skip = missingPeer('unbound') ?? false;

const rsa = makeRsaKey(2048);
const ed25519 = makeEd25519Key();

/** As a zone file has it: strings of at most 255 octets. */
function txt(name: string, record: string): string {
  const strings = (record.match(/.{1,255}/g) ?? []).map((one) => `"${one}"`);
  return `${name} 300 IN TXT ${strings.join(' ')}`;
}

const zone = [
  'signed.test. 300 IN MX 10 client.test.',
  txt('r._domainkey.signed.test.', recordOf(rsa)),
  txt('e._domainkey.signed.test.', recordOf(ed25519)),
  txt('two._domainkey.signed.test.', recordOf(rsa)),
  txt('two._domainkey.signed.test.', recordOf(ed25519)),
  txt('gone._domainkey.signed.test.', 'v=DKIM1; p='),
];

interface Row {
  readonly subject: string;
  readonly key: SignAs['key'];
  readonly tags: NonNullable<SignAs['tags']>;
  /** In Authentication-Results. */
  readonly expected: RegExp;
  readonly body?: string;
  readonly added?: string;
}

const oneProcessor =
  availableParallelism() > 1 ? false : 'this machine has one processor, on which no such thread is started';
/** At once; twenty in a second start the thread. */
const rushMessages = 60;
const threadLoadsMs = 1_000;

/** Larger than what is kept in memory: it comes back from the spool while it is hashed as it comes in. */
const large = `${'A'.repeat(76)}\r\n`.repeat(20_000);

const rows: readonly Row[] = [
  { subject: 'rsa', key: rsa, tags: { s: 'r' }, expected: /dkim=pass[^;]*header\.d=signed\.test/ },
  { subject: 'ed25519', key: ed25519, tags: { s: 'e' }, expected: /dkim=pass[^;]*header\.d=signed\.test/ },
  { subject: 'large', key: rsa, tags: { s: 'r', c: 'simple/simple' }, body: large, expected: /dkim=pass/ },
  { subject: 'dots', key: rsa, tags: { s: 'r' }, body: '.one\r\n..two\r\n', expected: /dkim=pass/ },
  { subject: 'changed', key: rsa, tags: { s: 'r' }, added: 'more\r\n', expected: /dkim=fail/ },
  { subject: 'partly', key: rsa, tags: { s: 'r', l: '7' }, added: 'more\r\n', expected: /dkim=policy/ },
  { subject: 'several', key: rsa, tags: { s: 'two' }, expected: /dkim=permerror/ },
  { subject: 'revoked', key: rsa, tags: { s: 'gone' }, expected: /dkim=permerror/ },
  { subject: 'missing', key: rsa, tags: { s: 'none' }, expected: /dkim=permerror/ },
];

describe('signed mail comes in over a real DNS', { skip }, () => {
  let judging: JudgingServer;

  before(async () => {
    judging = await startJudgingServer(zone);
  });
  after(() => judging.end());

  for (const row of rows) test(nameOf(row), () => comesIn(judging, row));

  for (const row of rows)
    test(`in a thread of its own: ${nameOf(row)}`, { skip: oneProcessor }, async () => {
      const { pid } = judging.server.ready;
      let round = 0;
      await eventually('the thread is there and has judged it', async () => {
        round += 1;
        if (authenticationCpuUs(pid) === undefined) await rush(judging);
        const before = authenticationCpuUs(pid);
        await comesIn(judging, { ...row, subject: `aside-${round}-${row.subject}` });
        const after = authenticationCpuUs(pid);
        // What is too large for it is judged where it comes in.
        return row.body === large || (before !== undefined && after !== undefined && after > before);
      });
    });
});

/** So much signed mail that a thread of its own is worth it. */
async function rush(judging: JudgingServer): Promise<void> {
  const letter = `From: a@signed.test\r\nTo: ${judging.server.address}\r\nSubject: rush\r\n\r\nhello\r\n`;
  const message = signAs(letter, { key: rsa, tags: { d: 'signed.test', s: 'r' } });
  const all = Array.from({ length: rushMessages }, () => judging.send('a@signed.test', message));
  for (const reply of await Promise.all(all)) assert.match(reply, /^250 /);
  // It loads its work.
  await sleep(threadLoadsMs);
}

function nameOf({ subject, expected }: Row): string {
  return `${subject}: ${expected.source.slice(0, 20)} (P-20, I-41)`;
}

async function comesIn(judging: JudgingServer, row: Row): Promise<void> {
  const { subject, key, tags, body = 'hello\r\n', added = '', expected } = row;
  const to = judging.server.address;
  const letter = `From: a@signed.test\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${body}`;
  const message = signAs(letter, { key, tags: { d: 'signed.test', ...tags } }) + added;
  assert.match(await judging.send('a@signed.test', message), /^250 /);
  const found = await judging.inbox(subject);
  const results = /Authentication-Results: [^]*?\r\n(?=\S)/.exec(found)?.[0] ?? '';
  assert.match(results.replaceAll(/\r\n\s+/g, ' '), expected);
}

/** What the thread has computed so far; `undefined`: it is not there. */
function authenticationCpuUs(pid: number): number | undefined {
  const tasks = `/proc/${String(pid)}/task`;
  try {
    const found = readdirSync(tasks).find(
      (task) => readFileSync(`${tasks}/${task}/comm`, 'utf8').trim() === 'authentication',
    );
    if (found === undefined) return undefined;
    return Number(readFileSync(`${tasks}/${found}/schedstat`, 'utf8').split(' ', 1)[0]) / 1000;
  } catch {
    // A thread ended while it was looked at.
    return undefined;
  }
}
