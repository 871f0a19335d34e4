import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagsOfName, mailboxOfFolder } from './maildir-name.ts';
import { readMbox, toCrLf } from './mbox.ts';

const text = `From a@example.test Thu Jan  1 00:00:10 1970
Subject: one
Status: RO
X-Status: F

body
>From here
>>From there
From not after a blank line

From b@example.test Thu Jan  1 00:00:20 1970
Subject: two\r

last line without an end`;

async function read(chunkBytes: number) {
  async function* chunks() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const messages = [];
  for await (const message of readMbox(chunks())) messages.push(message);
  return messages;
}

for (const chunkBytes of [1, 2, 7, 4096])
  test(`an mbox in chunks of ${chunkBytes} gives its messages`, async () => {
    const messages = await read(chunkBytes);
    assert.deepEqual(
      messages.map((message) => Buffer.from(message.bytes).toString()),
      [
        'Subject: one\r\nStatus: RO\r\nX-Status: F\r\n\r\nbody\r\nFrom here\r\n>From there\r\nFrom not after a blank line\r\n',
        'Subject: two\r\n\r\nlast line without an end\r\n',
      ],
    );
    assert.deepEqual(
      messages.map((message) => message.internalDateMs),
      [10_000, 20_000],
    );
    assert.deepEqual(messages[0]?.flags, ['\\Seen', '\\Flagged']);
    assert.notEqual(messages[0]?.key, messages[1]?.key);
  });

test('line ends become CR LF once', () => {
  assert.equal(Buffer.from(toCrLf(Buffer.from('\na\nb\r\nc'))).toString(), '\r\na\r\nb\r\nc');
});

test('names of a Maildir tell flags and mailboxes', () => {
  assert.deepEqual(flagsOfName('1700000000.M1P2.host:2,RS'), ['\\Answered', '\\Seen']);
  assert.deepEqual(flagsOfName('1700000000.M1P2.host'), []);
  assert.equal(mailboxOfFolder('.Lists.Post/ern'), 'Lists/Post_ern');
  assert.equal(mailboxOfFolder('.Entw&APw-rfe.A&-B'), 'Entwürfe/A&B');
  assert.equal(mailboxOfFolder('.Entwürfe'), 'Entwürfe');
});
