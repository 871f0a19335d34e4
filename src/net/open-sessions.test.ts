import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '#base/id.ts';
import { OpenSessions } from './open-sessions.ts';

const [alice, bob] = ['alice', 'bob'] as AccountId[] as [AccountId, AccountId];

function opened(...ids: readonly string[]) {
  const sessions = new OpenSessions();
  const ended: string[] = [];
  for (const id of ids) sessions.opened(id, () => ended.push(id));
  return { sessions, ended };
}

test('an account takes its own sessions with it, each once, and nobody else', () => {
  const { sessions, ended } = opened('a1', 'a2', 'b', 'guest');
  sessions.loggedIn('a1', alice);
  sessions.loggedIn('a2', alice);
  sessions.loggedIn('b', bob);
  sessions.revoke(alice);
  sessions.revoke(alice);
  assert.deepEqual(ended, ['a1', 'a2']);
});

test('a session that is over is not ended again, nor found by a late login', () => {
  const { sessions, ended } = opened('a1', 'a2');
  sessions.loggedIn('a1', alice);
  sessions.closed('a1');
  sessions.closed('a2');
  sessions.loggedIn('a2', alice);
  sessions.revoke(alice);
  assert.deepEqual(ended, []);
});
