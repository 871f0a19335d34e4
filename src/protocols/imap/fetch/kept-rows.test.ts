import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestServer, append, testMessage } from '../server.fixture.ts';

async function serverWith(count: number): Promise<TestServer> {
  const server = await TestServer.start();
  const client = await server.login();
  for (let n = 1; n <= count; n += 1) await append(client, 'INBOX', testMessage(n));
  return server;
}

test('a message that one device has read is at hand for the next, with the flags of now', async () => {
  const server = await serverWith(3);
  const [one, two] = [await server.login('INBOX'), await server.login('INBOX')];
  const first = await one.say('a FETCH 2 (UID FLAGS BODY[])');
  assert.match(first, /^\* 2 FETCH \(UID 2 FLAGS \(\\Seen\) BODY\[\] \{/);
  await one.say('b STORE 2 +FLAGS (\\Flagged)');
  const { reads } = server;
  const second = await two.say('a FETCH 2 (UID FLAGS BODY[])');
  assert.equal(server.reads, reads);
  assert.ok(second.includes(first.replace('(\\Seen)', '(\\Seen \\Flagged)').split('a OK')[0] ?? '-'));
  assert.match(await two.say('b FETCH 2 BODY.PEEK[]<0.4>'), /BODY\[\]<0> \{4\}\r\nFrom\)/);
  assert.equal(server.reads, reads);
});

test('who copies a whole mailbox does not push out what others read', async () => {
  const server = await serverWith(20);
  const client = await server.login('INBOX');
  await client.say('a FETCH 1:* BODY.PEEK[]');
  const { reads } = server;
  await client.say('b FETCH 1 BODY.PEEK[]');
  assert.equal(server.reads, reads + 1);
});

test('of a message that has gone nothing is told', async () => {
  const server = await serverWith(2);
  const [one, two] = [await server.login('INBOX'), await server.login('INBOX')];
  await one.say('a FETCH 1:2 BODY.PEEK[]');
  await two.say('b UID STORE 1 +FLAGS (\\Deleted)');
  await two.say('c EXPUNGE');
  assert.doesNotMatch(await one.say('d FETCH 1:2 BODY.PEEK[]'), /Body of 1/);
});
