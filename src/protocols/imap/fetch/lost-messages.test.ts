import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestServer, append, testMessage } from '../server.fixture.ts';

/* What cannot be read, its body lost or damaged, must not keep the others from being told. */

const large = `Subject: large\r\n\r\n${'x'.repeat(70_000)}\r\n`;
const left = /^b NO \[UNAVAILABLE\] What cannot be read at the moment was left out\r\n$/m;

async function serverWith(messages: readonly string[]): Promise<TestServer> {
  const server = await TestServer.start();
  const client = await server.login();
  for (const message of messages) await append(client, 'INBOX', message);
  return server;
}

test('of a page with a lost message the others are told, and the reply is NO', async () => {
  const server = await serverWith([1, 2, 3].map(testMessage));
  server.lost.add(2);
  const client = await server.login('INBOX');
  const said = await client.say('b FETCH 1:* (UID BODY[HEADER])');
  assert.match(
    said,
    /^\* 1 FETCH \(UID 1 BODY\[HEADER\] \{\d+\}\r\nFrom: [^]*^\* 3 FETCH \(UID 3 BODY\[HEADER\]/m,
  );
  assert.doesNotMatch(said, /^\* 2 /m);
  assert.match(said, left);
  assert.match(await client.say('c FETCH 1:* FLAGS'), /\* 2 FETCH \(FLAGS \(\)\)/, 'nobody has seen it');
  assert.match(await client.say('b UID FETCH 2 BODY.PEEK[HEADER]'), left);
});

test('a large body is announced only when its first bytes are there', async () => {
  const server = await serverWith([testMessage(1), large, testMessage(3)]);
  server.lost.add(2);
  const client = await server.login('INBOX');
  const said = await client.say('b FETCH 1:* (FLAGS BODY.PEEK[] INTERNALDATE)');
  assert.match(
    said,
    /^\* 2 FETCH \(FLAGS \(\) UID 2 INTERNALDATE "[^"]+"\)\r\n\* 3 FETCH \(FLAGS \(\) BODY\[\] \{/m,
  );
  assert.match(said, left);
  for (const item of ['BODY.PEEK[]', 'BODY.PEEK[TEXT]', 'BINARY.PEEK[1]', 'BINARY.SIZE[1]'])
    assert.match(await client.say(`b FETCH 2 ${item}`), /^\* 2 FETCH \(UID 2\)\r\nb NO \[UNAVAILABLE\]/);
  assert.match(await client.say('b NOOP'), /^b OK /);
});

test('a large message is seen when something of it was given, and not when its body is lost', async () => {
  const server = await serverWith([testMessage(1), large, testMessage(3)]);
  server.lost.add(2);
  const client = await server.login('INBOX');
  for (const item of ['BODY[]', 'BODY[TEXT]', 'BINARY[1]', '(FLAGS BODY[1])']) {
    const said = await client.say(`b FETCH 1:3 ${item}`);
    assert.match(said, /^\* 2 FETCH \((FLAGS \(\) )?UID 2\)\r\n/m);
    assert.match(said, left);
  }
  const flags = await client.say('b FETCH 1:* FLAGS');
  assert.match(
    flags,
    /1 FETCH \(FLAGS \(\\Seen\)\)\r\n\* 2 FETCH \(FLAGS \(\)\)\r\n\* 3 FETCH \(FLAGS \(\\Seen/,
  );
  server.lost.clear();
  const other = await server.login('INBOX');
  const given = await client.say('b FETCH 2 BODY[TEXT]<0.5>');
  assert.match(given, /^\* 2 FETCH \(BODY\[TEXT\]<0> \{5\}\r\nxxxxx FLAGS \(\\Seen\)\)\r\nb OK /);
  assert.match(await client.say('b FETCH 2 FLAGS'), /^\* 2 FETCH \(FLAGS \(\\Seen\)\)\r\nb OK /);
  assert.match(await other.say('b NOOP'), /^\* 2 FETCH \(.*FLAGS \(\\Seen\)/);
});

test('beside a large message the others of its page are told to be seen', async () => {
  const server = await serverWith([testMessage(1), large, testMessage(3), large, testMessage(5)]);
  const client = await server.login('INBOX');
  const said = await client.say('b FETCH 1:5 BODY[]');
  assert.equal(said.split(' FLAGS (\\Seen))\r\n').length - 1, 5, said.replaceAll(/x+/g, 'x'));
  assert.match(await client.say('b NOOP'), /^b OK /);
});

test('the flags of a large message that were told before its body came are told once more', async () => {
  const server = await serverWith([large]);
  const client = await server.login('INBOX');
  const said = await client.say('b FETCH 1 (FLAGS BODY[TEXT]<0.5>)');
  assert.match(said, /^\* 1 FETCH \(FLAGS \(\) BODY\[TEXT\]<0> \{5\}\r\nxxxxx\)\r\n/);
  assert.match(said + (await client.say('b NOOP')), /^\* 1 FETCH \(.*FLAGS \(\\Seen\)/m);
});

test('where nothing can be read, it is not tried message by message', async () => {
  const server = await serverWith(Array.from({ length: 60 }, (_, n) => testMessage(n)));
  for (let uid = 1; uid <= 60; uid += 1) server.lost.add(uid);
  const client = await server.login('INBOX');
  server.reads = 0;
  assert.match(
    await client.say('b FETCH 1:* BODY.PEEK[HEADER]'),
    /^b NO \[UNAVAILABLE\] This account is out of use/,
  );
  assert.ok(server.reads <= 17);
});
