import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestServer, append, testMessage } from '../server.fixture.ts';

const asked = '(FLAGS ENVELOPE RFC822.SIZE UID BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODYSTRUCTURE)';

async function serverWith(count: number): Promise<TestServer> {
  const server = await TestServer.start();
  const client = await server.login();
  for (let n = 1; n <= count; n += 1) await append(client, 'INBOX', testMessage(n));
  return server;
}

test('what is told from kept texts is what was told before, for every session', async () => {
  const server = await serverWith(5);
  const [one, two] = [await server.login('INBOX'), await server.login('INBOX')];
  const first = await one.say(`a FETCH 2:4 ${asked}`);
  assert.match(
    first,
    /FLAGS \(\) ENVELOPE .* RFC822\.SIZE \d+ UID 3 BODY\[HEADER\.FIELDS \(SUBJECT\)\] \{22\}/,
  );
  assert.equal(await one.say(`a FETCH 2:4 ${asked}`), first);
  assert.equal(await two.say(`a FETCH 2:4 ${asked}`), first);
  const all = await two.say(`a FETCH 1:* ${asked}`);
  assert.equal(all.split('ENVELOPE').length - 1, 5);
  assert.ok(all.includes(first.slice(0, first.indexOf('a OK'))));
});

test('of a message that has gone no text is told', async () => {
  const server = await serverWith(3);
  const [one, two] = [await server.login('INBOX'), await server.login('INBOX')];
  await one.say(`a FETCH 1:* ${asked}`);
  await two.say('a STORE 2 +FLAGS (\\Deleted)');
  await two.say('b EXPUNGE');
  assert.doesNotMatch(await two.say(`c FETCH 1:* ${asked}`), /message 2/);
  assert.doesNotMatch(await one.say(`d UID FETCH 2 ${asked}`), /message 2/);
});

test('without peeking a kept header makes its message \\Seen all the same', async () => {
  const server = await serverWith(1);
  const client = await server.login('INBOX');
  await client.say('a FETCH 1 BODY.PEEK[HEADER]');
  assert.match(await client.say('b FETCH 1 BODY[HEADER]'), /FLAGS \(\\Seen\)/);
});
