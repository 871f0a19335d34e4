import assert from 'node:assert/strict';
import { test } from 'node:test';
import { append, TestServer, testMessage } from './server.fixture.ts';

/* What a session meets whose account was removed meanwhile: no answer that makes a client create mailboxes in it. */

test('APPEND into a removed account is refused, without a word of creating the mailbox', async () => {
  const server = await TestServer.start();
  const client = await server.login();
  assert.ok((await server.store.accounts.remove(server.account)).ok);
  assert.match(await append(client, 'INBOX', testMessage(1)), /^a NO This account no longer exists\r\n$/m);
  assert.match(await client.say('b CREATE INBOX'), /^b NO /m);
  assert.match(await client.say('c SELECT INBOX'), /^c NO This account no longer exists\r\n$/m);
});

for (const command of ['COPY 1 Archive', 'MOVE 1 Archive', 'COPY 1 Nowhere'])
  test(`${command} in a removed account is refused or ends the session, without a word of creating`, async () => {
    const server = await TestServer.start();
    const client = await server.login();
    await append(client, 'INBOX', testMessage(1));
    await client.say('s SELECT INBOX');
    assert.ok((await server.store.accounts.remove(server.account)).ok);
    const said = await client.say(`a ${command}`);
    assert.match(said, /^a NO This account no longer exists\r\n$|^\* BYE /m);
    assert.doesNotMatch(said, /TRYCREATE|NONEXISTENT/);
  });

test('into a mailbox that does not exist the client is told to create it', async () => {
  const client = await (await TestServer.start()).login();
  assert.match(await append(client, 'Nowhere', testMessage(1)), /^a NO \[TRYCREATE\]/m);
});
