import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '#protocols/conversation.ts';
import { chunkBytesWanted } from './commands/bdat.ts';
import { transactionMsMax } from './smtp-session.ts';
import { fakeIntake, lineFrame, makeSession, said, type SessionOptions } from './smtp-session.fixture.ts';

const tls = { version: 'TLSv1.3', cipher: 'x' };
const anomalies = { bareCr: false, bareLf: false, nul: false };
const goodbyes = { timeout: /^421 4\.4\.2 /, drain: /^421 4\.3\.2 /, revoked: /^421 4\.7\.0 / } as const;

/** A session that has said EHLO, and a way to say more. */
async function greeted(options: SessionOptions = {}) {
  const intake = fakeIntake();
  const session = makeSession(intake, options);
  await session.open();
  const say = async (text: string): Promise<Turn> => session.frame(lineFrame(text));
  await say(options.role === 'lmtp' ? 'LHLO client.example' : 'EHLO client.example');
  return { intake, session, say };
}

test('waiting is bounded as RFC 5321 §4.5.3.2 and S-09 say', async () => {
  const { say } = await greeted();
  const command = await say('MAIL FROM:<a@example.org>');
  assert.deepEqual(command.next, {
    kind: 'line',
    limitBytes: 2046,
    timeoutMs: 300_000,
    unfinished: false,
  });
  await say('RCPT TO:<b@example.test>');
  assert.deepEqual((await say('DATA')).next, { kind: 'data', timeoutMs: 180_000 });
  const stranger = await greeted({ role: 'submission' });
  assert.deepEqual((await stranger.say('NOOP')).next, { kind: 'line', limitBytes: 8190, timeoutMs: 60_000 });
});

test('S-09: from MAIL on a message has an hour in all, DATA and chunks alike; the next one has its own', async () => {
  let nowMs = 0;
  const { session, say } = await greeted({ clock: { monotonic: () => nowMs } });
  await say('MAIL FROM:<a@example.org>');
  await say('RCPT TO:<b@example.test>');
  nowMs = 58 * 60_000;
  assert.deepEqual((await say('DATA')).next, { kind: 'data', timeoutMs: 2 * 60_000 });
  const piece = { kind: 'data', bytes: Buffer.from('x\r\n'), last: false, anomalies } as const;
  nowMs += 90_000;
  assert.deepEqual((await session.frame(piece)).next, { kind: 'data', timeoutMs: 30_000 });
  await session.frame({ ...piece, last: true });
  await say('MAIL FROM:<a@example.org>');
  await say('RCPT TO:<b@example.test>');
  nowMs += 59 * 60_000;
  assert.deepEqual((await say('BDAT 3')).next, { kind: 'octets', count: 3, timeoutMs: 60_000 });
});

test('S-09: an hour is an hour also for who is never waited for', async () => {
  let nowMs = 0;
  const { session, say } = await greeted({ clock: { monotonic: () => nowMs } });
  await say('MAIL FROM:<a@example.org>');
  await say('RCPT TO:<b@example.test>');
  await say(`BDAT ${chunkBytesWanted}`);
  const chunk = { kind: 'octets', bytes: Buffer.alloc(chunkBytesWanted, 120), last: true } as const;
  assert.match(said(await session.frame(chunk)), /^250 /);
  nowMs = transactionMsMax;
  const over = await say(`BDAT ${chunkBytesWanted}`);
  assert.match(said(over), /^421 4\.4\.2 /);
  assert.deepEqual(over.next, { kind: 'close' });
});

test('S-09: chunks of nothing, or of next to nothing, are so many; larger ones as many as the message needs', async () => {
  const limits = { idleCommandsMax: 10 };
  for (const [bytes, ends] of [
    [0, true],
    [1, true],
    [chunkBytesWanted - 1, true],
    [chunkBytesWanted, false],
  ] as const) {
    const { session, say } = await greeted({ limits });
    await say('MAIL FROM:<a@example.org>');
    await say('RCPT TO:<b@example.test>');
    let last = '';
    for (let count = 0; count < 50 && !last.includes('421'); count += 1) {
      const asked = await say(`BDAT ${bytes}`);
      last = said(asked);
      if (asked.next.kind !== 'octets') continue;
      last = said(await session.frame({ kind: 'octets', bytes: Buffer.alloc(bytes, 120), last: true }));
    }
    assert.equal(/421 4\.7\.0 /.test(last), ends, `${bytes}`);
  }
});

test('a silent peer and a stopping server are told so, and the message under way is given up', async () => {
  for (const kind of ['timeout', 'drain', 'revoked'] as const) {
    const { intake, session, say } = await greeted();
    await say('MAIL FROM:<a@example.org>');
    const turn = await session.frame({ kind });
    assert.match(said(turn), goodbyes[kind]);
    assert.deepEqual(turn.next, { kind: 'close' });
    await session.closed(kind === 'drain' ? 'shutdown' : kind);
    assert.notEqual(intake.taken[0]?.abandoned, undefined);
  }
});

test('RSET, EHLO and a lost connection give a message up', async () => {
  for (const end of ['RSET', 'EHLO again.example']) {
    const { intake, say } = await greeted();
    await say('MAIL FROM:<a@example.org>');
    await say(end);
    assert.notEqual(intake.taken[0]?.abandoned, undefined, end);
  }
  const { intake, session, say } = await greeted();
  await say('MAIL FROM:<a@example.org>');
  await say('RCPT TO:<b@example.test>');
  await say('DATA');
  await session.closed('reset');
  assert.equal(intake.taken[0]?.abandoned, 'reset');
});

test('parameters become fields of the envelope', async () => {
  const { intake, say } = await greeted();
  await say('MAIL FROM:<a@example.org> SIZE=1234 BODY=8BITMIME SMTPUTF8');
  await say('RSET');
  await say('MAIL FROM:<> BODY=binarymime');
  assert.deepEqual(intake.taken[0]?.mail, {
    from: { local: 'a', domain: 'example.org' },
    sizeBytes: 1234,
    bodyType: '8bit',
    smtpUtf8: true,
  });
  assert.deepEqual(intake.taken[1]?.mail, {
    from: undefined,
    sizeBytes: undefined,
    bodyType: 'binary',
    smtpUtf8: false,
  });
});

test('who has too many recipients still sends to those that were accepted (RFC 5321 §4.5.3.1.10)', async () => {
  const limits = { refusedRecipientsMax: 1, deferredRecipientsMax: 5 };
  const { intake, say } = await greeted({ limits });
  await say('MAIL FROM:<a@example.org>');
  await say('RCPT TO:<one@example.test>');
  const full = { code: 452, status: '4.5.3', text: 'too many', close: false };
  intake.recipientAnswer = { ok: false, reply: full };
  for (let count = 0; count < 5; count += 1) {
    assert.match(said(await say('RCPT TO:<more@example.test>')), /^452 4\.5\.3 too many\r\n$/);
  }
  assert.match(said(await say('DATA')), /^354 /);
  const other = await greeted({ limits });
  other.intake.recipientAnswer = { ok: false, reply: full };
  await other.say('MAIL FROM:<a@example.org>');
  for (let count = 0; count < 5; count += 1) await other.say('RCPT TO:<more@example.test>');
  assert.match(said(await other.say('RCPT TO:<more@example.test>')), /^452 .*\r\n421 /);
});

test('TLS makes everything new (RFC 3207 §4.2)', async () => {
  const { session, say } = await greeted();
  assert.deepEqual((await say('STARTTLS')).next, { kind: 'tls' });
  assert.equal(said(await session.secured(tls)), '');
  assert.match(said(await say('MAIL FROM:<a@example.org>')), /^503 /);
  assert.doesNotMatch(said(await say('EHLO client.example')), /STARTTLS/);
});

test('the fast path answers without a promise', async () => {
  const { session } = await greeted();
  for (const text of ['MAIL FROM:<a@example.org>', 'RCPT TO:<b@example.test>', 'NOOP', 'DATA']) {
    assert.equal(session.frame(lineFrame(text)) instanceof Promise, false, text);
  }
});

test('mail for postmaster needs no domain (RFC 5321 §4.5.1)', async () => {
  const { intake, say } = await greeted();
  await say('MAIL FROM:<>');
  await say('RCPT TO:<Postmaster>');
  assert.deepEqual(intake.taken[0]?.recipients, [{ local: 'Postmaster', domain: 'example.test' }]);
});
