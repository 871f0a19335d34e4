import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createFakeRandom } from '#platform/fake-random.ts';
import { parseAddress } from '#mail/address.ts';
import { generatePassword } from './generate-password.ts';
import { makeCredentials } from './make-credentials.ts';
import { hashPassword, makeDummyHash, verifyPassword } from './password-hash.ts';
import { checkPassword } from './password-policy.ts';

test('a hash is a PHC string that only its password opens', async () => {
  const stored = await hashPassword('correct horse', Buffer.alloc(16, 7));
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await verifyPassword('correct horse', stored), true);
  assert.equal(await verifyPassword('correct horsf', stored), false);
  assert.equal(await verifyPassword('x', makeDummyHash(Buffer.alloc(16), Buffer.alloc(32))), false);
});

test('the reference implementation agrees (argon2id, m=64 KiB, t=2, p=1)', async () => {
  // From the test vectors of phc-winner-argon2: "password", "somesalt".
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await verifyPassword('password', stored), true);
  assert.equal(await verifyPassword('Password', stored), false);
});

test('a stored hash cannot ask for more than we give', async () => {
  for (const stored of [
    '',
    '$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=64,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=8,t=1,p=8$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ]) {
    assert.equal(await verifyPassword('password', stored), false, stored);
  }
});

test('generated passwords are readable, different, and pass the policy', () => {
  const random = createFakeRandom(1);
  const made = new Set(Array.from({ length: 100 }, () => generatePassword(random)));
  assert.equal(made.size, 100);
  const address = parseAddress('user@example.test', { smtpUtf8: false });
  assert.ok(address.ok);
  for (const password of made) {
    assert.match(password, /^[2-9a-km-np-z]{4}(?:-[2-9a-km-np-z]{4}){6}$/);
    assert.ok(checkPassword(password, address.value).ok);
  }
});

test('short, simple and telling passwords are refused', async () => {
  const address = parseAddress('longname@example.test', { smtpUtf8: false });
  assert.ok(address.ok);
  const problems = [
    'short',
    'aaaaaaaaaaaaaaa',
    'longname@example.test',
    'Longname1234',
    'tab\tinside it is',
  ].map((password) => {
    const checked = checkPassword(password, address.value);
    return checked.ok ? 'ok' : checked.error;
  });
  assert.deepEqual(problems, [
    'too-short',
    'too-simple',
    'names-the-account',
    'names-the-account',
    'forbidden-character',
  ]);
  const request = { password: 'short', address: address.value, random: createFakeRandom(1), nowMs: 5 };
  assert.ok(!(await makeCredentials(request)).ok);
  const made = await makeCredentials({ ...request, password: 'a rather long phrase' });
  assert.ok(made.ok);
  assert.equal(made.value.changedAtMs, 5);
});
