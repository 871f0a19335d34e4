import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TestServer } from './server.fixture.ts';

const numRuns = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 5);

const words = [
  'FETCH',
  'UID FETCH',
  'STORE',
  'SEARCH',
  'UID SEARCH',
  'APPEND',
  'LIST',
  'LSUB',
  'STATUS',
  'SELECT',
  'COPY',
  'MOVE',
  'CREATE',
  'DELETE',
  'RENAME',
  'ID',
  'ENABLE',
  'IDLE',
  'DONE',
  'EXPUNGE',
  'UID EXPUNGE',
  'NAMESPACE',
  'NOOP',
  'INBOX',
  'Trash',
  '""',
  '"a',
  '1:*',
  '*',
  '1,2',
  '$',
  '0',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '<0.3>',
  'FLAGS',
  '+FLAGS',
  '-FLAGS.SILENT',
  '\\Seen',
  '\\Deleted',
  'kw',
  'BODY',
  'BODY[',
  'BODY[1.2.MIME]',
  'BODY[HEADER.FIELDS (A)]',
  'BINARY[1]',
  'ALL',
  'FULL',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'RETURN',
  'RETURN (SAVE)',
  'MIN',
  'OR',
  'NOT',
  'CHARSET',
  'UTF-8',
  'SUBJECT',
  'x',
  'SINCE',
  '1-Feb-1994',
  '%',
  '{1}',
  '{1+}',
  '{0}',
  '~{2+}',
  '{99999999}',
  'IMAP4rev2',
  '(MESSAGES)',
  '\r\n',
  'NIL',
];

const commands = [
  'FETCH 1:* (UID FLAGS BODY[]<0.5> ENVELOPE BODYSTRUCTURE)',
  'UID FETCH 1:* (BODY[1] BINARY.SIZE[1] RFC822.HEADER)',
  'STORE 1:* +FLAGS (\\Deleted kw)',
  'UID STORE * -FLAGS.SILENT (\\Seen)',
  'APPEND INBOX (\\Seen) {5+}\r\nhello',
  'APPEND INBOX {30}\r\nSubject: a\r\nFrom: b\r\n\r\nbody\r\n',
  'APPEND {5+}\r\nTrash {3+}\r\na:b',
  'SEARCH RETURN (SAVE ALL) OR SEEN NOT 1',
  'SEARCH SUBJECT {1+}\r\na UNSEEN',
  'EXPUNGE',
  'MOVE $ Trash',
  'COPY 1:* INBOX',
  'IDLE\r\nDONE',
  'SELECT Trash',
  'EXAMINE INBOX',
  'CLOSE',
  'ENABLE IMAP4rev2',
  'LIST "" (* %) RETURN (STATUS (MESSAGES))',
  'RENAME Trash Bin/Trash',
  'DELETE Trash',
];

const chaos = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  ),
  { minLength: 1, maxLength: 8 },
);

const script = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: chaos.map((words) => words.join(' ')) },
    { weight: 2, arbitrary: fc.constantFrom(...commands) },
  ),
  { maxLength: 12 },
);

async function play(bytes: Buffer, chunkBytes: number): Promise<string> {
  const server = await TestServer.start();
  const connection = await server.login('INBOX');
  let heard = '';
  for (let at = 0; at < bytes.length && !connection.over; at += chunkBytes) {
    heard += await connection.bytes(bytes.subarray(at, at + chunkBytes));
  }
  if (!connection.over) await connection.close();
  return heard;
}

test('whatever a client sends, the session neither throws nor depends on how it was cut', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (lines) => {
      const text = lines.map((line, n) => `t${n} ${line}\r\n`).join('');
      const bytes = Buffer.from(text, 'latin1');
      const whole = await play(bytes, Math.max(1, bytes.length));
      assert.equal(await play(bytes, 1), whole);
      assert.equal(await play(bytes, 7), whole);
    }),
    { numRuns },
  );
});
