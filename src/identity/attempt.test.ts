import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAttempt, notAnAddress } from './attempt.ts';
import type { LoginContext } from './authenticator.ts';

const context: LoginContext = {
  protocol: 'imap',
  sessionId: 's',
  listener: 'imap',
  client: '192.0.2.1',
  tls: undefined,
  exemptFromRate: false,
};

test('a name that may be a password typed in the wrong field is never shown', () => {
  const table: readonly (readonly [string, string])[] = [
    ['user@example.test', 'user@example.test'],
    ['User@EXAMPLE.test', 'User@example.test'],
    ['gr\u00fc\u00dfe@m\u00fcller.example', 'gr\u00fc\u00dfe@xn--mller-kva.example'],
    ['x@example.xn--p1ai', 'x@example.xn--p1ai'],
    ['correct horse battery staple', notAnAddress],
    ['P@ssw0rd', notAnAddress],
    ['p@ss.w0rd', notAnAddress],
    ['admin', notAnAddress],
    ['user@example.test:secret', notAnAddress],
    ['user@example.test secret', notAnAddress],
    ['secret@[192.0.2.1]', notAnAddress],
    ['', notAnAddress],
    [`${'x'.repeat(10_000)}@example.test`, notAnAddress],
  ];
  for (const [typed, shown] of table) {
    assert.equal(newAttempt(context, 'PLAIN', typed).user, shown, typed);
  }
});

test('names that are not shown are still told apart for limits', () => {
  const keys = ['a', 'b', 'P@ssw0rd'].map((typed) => newAttempt(context, 'PLAIN', typed).key);
  assert.equal(new Set(keys).size, 3);
});

test('another spelling of a name does not give a guesser more tries', () => {
  const spellings = [
    'jörg@example.test',
    'JÖRG@example.test',
    'Jo\u0308rg@Example.test',
    '"jÖrg"@example.test',
  ];
  const keys = spellings.map((typed) => newAttempt(context, 'PLAIN', typed).key);
  assert.equal(new Set(keys).size, 1);
});
