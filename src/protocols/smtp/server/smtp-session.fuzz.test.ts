import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Framer } from '#base/framing.ts';
import type { Next, ProtocolSession } from '#protocols/conversation.ts';
import { fakeIntake, makeSession, said, type FakeIntake } from './smtp-session.fixture.ts';

const numRuns = Number(process.env.POSTERN_FUZZ_RUNS ?? 1000);
const tokens = ['\r', '\n', '\r\n', '.', '\0'];

function* sequences(length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const head of sequences(length - 1)) for (const token of tokens) yield head + token;
}

/** Drives a session with bytes in chunks, as the loop would; gives all that was said. */
async function converse(session: ProtocolSession, wire: Buffer, chunkBytes: number): Promise<string> {
  const framer = new Framer();
  let turn = await session.open();
  let text = said(turn);
  for (let at = 0; at < wire.length; at += chunkBytes) {
    framer.push(wire.subarray(at, at + chunkBytes));
    for (;;) {
      const next: Next = turn.next;
      if (next.kind !== 'line' && next.kind !== 'octets' && next.kind !== 'data') return text;
      const frame = framer.next(next);
      if (frame === undefined) break;
      const answer = session.frame(frame);
      turn = answer instanceof Promise ? await answer : answer;
      text += said(turn);
    }
  }
  return text;
}

function odd(text: string): boolean {
  return /\r(?!\n)|(?<!\r)\n|\0/.test(text);
}

function bodies(intake: FakeIntake): string[] {
  return intake.taken
    .filter(({ anomalies }) => anomalies !== undefined)
    .map(({ pieces }) => Buffer.concat(pieces).toString('latin1'));
}

const envelope = 'EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n';
const smuggled = 'MAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\n';

/** How many sequences share a conversation; the fake intake keeps it open for this. */
const togetherMax = 500;

function chunkedBody(sequence: string): string {
  return `a${sequence}${smuggled}`;
}

/** One message in two chunks, the sequence lying across their border. */
function chunkedMessage(sequence: string): string {
  const body = chunkedBody(sequence);
  const cut = Math.min(body.length, 1 + Math.ceil(sequence.length / 2));
  const [first, second] = [body.slice(0, cut), body.slice(cut)];
  return `MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT ${first.length}\r\n${first}BDAT ${second.length} LAST\r\n${second}`;
}

async function checkChunks(together: readonly string[], chunkBytes: number): Promise<void> {
  const intake = fakeIntake({ closes: false });
  const session = makeSession(intake, { limits: { idleCommandsMax: 10 * togetherMax } });
  const wire = Buffer.from(`EHLO c\r\n${together.map(chunkedMessage).join('')}NOOP\r\n`, 'latin1');
  const text = await converse(session, wire, chunkBytes);
  const ends = text.match(/^(?:550 5\.6\.0 odd line ends|250 2\.0\.0 Queued as \w+)\r$/gm) ?? [];
  assert.equal(intake.taken.length, together.length);
  assert.ok(text.endsWith('250 2.0.0 Done\r\n'));
  const taken = bodies(intake);
  for (const [index, sequence] of together.entries()) {
    const body = chunkedBody(sequence);
    const refused = ends[index]?.startsWith('550') === true;
    if (taken[index] === body && refused === odd(body)) continue;
    assert.fail(`${JSON.stringify(sequence)} in chunks of ${chunkBytes}: ${ends[index]}`);
  }
}

test('every sequence up to seven around the ends of BDAT chunks stays in the body and is noticed', async () => {
  for (let length = 0; length <= 7; length += 1) {
    const all = [...sequences(length)];
    for (let at = 0; at < all.length; at += togetherMax) {
      const together = all.slice(at, at + togetherMax);
      for (const chunkBytes of length <= 4 ? [1, 2, 7, 4096] : [4096])
        await checkChunks(together, chunkBytes);
    }
  }
});

test('every sequence up to five at the end of DATA: what follows is a command only after CR LF . CR LF', async () => {
  for (let length = 0; length <= 5; length += 1) {
    for (const sequence of sequences(length)) {
      const wire = `${envelope}DATA\r\nx${sequence}${smuggled}\r\n.\r\n`;
      const ended = `x${sequence}${smuggled}`.indexOf('\r\n.\r\n') + 1;
      for (const chunkBytes of length <= 3 ? [1, 2, 7, 4096] : [4096]) {
        const intake = fakeIntake();
        await converse(makeSession(intake), Buffer.from(wire, 'latin1'), chunkBytes);
        const [body = ''] = bodies(intake);
        const where = JSON.stringify(sequence);
        assert.equal(body.includes('evil'), ended === 0, where);
        if (ended === 0) assert.equal(intake.taken.length, 1, where);
      }
    }
  }
});

const words = fc.constantFrom(
  'EHLO c\r\n',
  'HELO c\r\n',
  'MAIL FROM:<a@b>\r\n',
  'MAIL FROM:<> BODY=BINARYMIME\r\n',
  'RCPT TO:<c@d>\r\n',
  'DATA\r\n',
  '.\r\n',
  '\r\n',
  'BDAT 3\r\n',
  'BDAT 0 LAST\r\n',
  'BDAT 5 LAST\r\n',
  'RSET\r\n',
  'NOOP\r\n',
  'VRFY x\r\n',
  'AUTH PLAIN AAAA\r\n',
  'QUIT\r\n',
  'abc',
  '\0',
  '\n',
);

test('any conversation in any chunking: never throws, same answers, one transaction at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(words, { maxLength: 30 }), fc.nat({ max: 20 }), async (sent, size) => {
      const wire = Buffer.from(sent.join(''), 'latin1');
      const whole = fakeIntake();
      const cut = fakeIntake();
      const text = await converse(makeSession(whole), wire, 4096);
      assert.equal(await converse(makeSession(cut), wire, size + 1), text);
      assert.deepEqual(bodies(cut), bodies(whole));
      for (const line of text.split('\r\n')) assert.match(line, /^$|^[2-5]\d\d[ -]/);
    }),
    { numRuns },
  );
});
