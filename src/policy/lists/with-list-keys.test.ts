import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { withListKeys } from './with-list-keys.ts';

const secret = 'abcdefghij';
const keys = { get: (name: string) => (name === 'spamhaus' ? secret : undefined) };

async function askedFor(name: string): Promise<string | undefined> {
  const resolver = createFakeResolver({});
  await withListKeys(resolver, keys).ask(name, 'A');
  return resolver.asked[0]?.replace(/ A$/, '');
}

test('P-22: a key goes into the names of its own list', async () => {
  assert.equal(
    await askedFor('2.0.0.127.{spamhaus}.zen.dq.spamhaus.net'),
    `2.0.0.127.${secret}.zen.dq.spamhaus.net`,
  );
  assert.equal(await askedFor('test.{spamhaus}.dbl.dq.spamhaus.net'), `test.${secret}.dbl.dq.spamhaus.net`);
});

test('P-22: nobody who chooses a name that is asked for is told a key', async () => {
  for (const name of [
    '{spamhaus}.evil.example',
    'x.{spamhaus}.zen.dq.spamhaus.net.evil.example',
    'x.{spamhaus}.zen.dq.spamhaus.evil.net',
    '{spamhaus}.evil.example.{other}.zen.dq.spamhaus.net',
    'x{spamhaus}.zen.dq.spamhaus.net',
  ])
    assert.equal(await askedFor(name), name);
  const both = await askedFor('{spamhaus}.evil.example.{spamhaus}.zen.dq.spamhaus.net');
  assert.equal(both, `{spamhaus}.evil.example.${secret}.zen.dq.spamhaus.net`);
});
