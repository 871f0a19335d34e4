import assert from 'node:assert/strict';
import { createHash, createPublicKey, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { asideMs } from './bounds.ts';
import { makeEd25519Key, makeRsaKey } from './sign-as.fixture.ts';
import type { TestKey } from './sign-as.fixture.ts';
import { createVerifierAside, verifyHere } from './verify-signature.ts';
import type { SignatureClaim } from './verify-signature.ts';

const data = Buffer.from('from:a@a.test\r\nsubject:hello\r\n');

/** As of a key that is dear to verify with, whatever it is. */
function claimOf({ algorithm, privateKey }: TestKey): SignatureClaim {
  const isRsa = algorithm === 'rsa-sha256';
  const octets = isRsa ? data : createHash('sha256').update(data).digest();
  const signature = sign(isRsa ? 'sha256' : null, octets, privateKey);
  return { algorithm, signature, key: createPublicKey(privateKey), bits: 4096, data };
}

const rsa = claimOf(makeRsaKey(1024));
const ed25519 = claimOf(makeEd25519Key());
const none = Buffer.alloc(0);

const cases: readonly (readonly [name: string, claim: SignatureClaim, isIntact: boolean])[] = [
  ['RSA', rsa, true],
  ['Ed25519', ed25519, true],
  ['RSA over something else', { ...rsa, data: Buffer.from('x') }, false],
  ['Ed25519 over something else', { ...ed25519, data: Buffer.from('x') }, false],
  ['RSA without octets', { ...rsa, signature: none }, false],
  ['Ed25519 without octets', { ...ed25519, signature: none }, false],
  ['RSA of too many octets', { ...rsa, signature: Buffer.alloc(4096, 1) }, false],
  ['Ed25519 of too many octets', { ...ed25519, signature: Buffer.alloc(4096, 1) }, false],
  ['RSA with a key of the other kind', { ...rsa, key: ed25519.key }, false],
  ['Ed25519 with a key of the other kind', { ...ed25519, key: rsa.key }, false],
];

describe('a signature comes to the same wherever it is verified', () => {
  const aside = createVerifierAside({ clock: createFakeClock() });
  const crowded = createVerifierAside({ clock: createFakeClock(), atOnceMax: 0 });
  for (const [name, claim, isIntact] of cases)
    test(name, async () => {
      assert.equal(verifyHere(claim), isIntact);
      assert.equal(await aside(claim), isIntact);
      assert.equal(await crowded(claim), isIntact);
    });
});

test('other threads get so many at once and no more; what is too many, or late there, is verified here', async () => {
  const clock = createFakeClock();
  let begun = 0;
  const verify = createVerifierAside({
    clock,
    atOnceMax: 3,
    aside: () => {
      begun += 1;
      return new Promise(() => undefined);
    },
  });
  const claims = Array.from({ length: 40 }, (_, n) => cases[n % cases.length] ?? assert.fail());
  let done = 0;
  const asked = claims.map(async ([, claim]) => {
    const isIntact = await verify(claim);
    done += 1;
    return isIntact;
  });
  await clock.advance(asideMs - 1);
  assert.deepEqual([begun, done], [3, 37]);
  await clock.advance(1);
  const expected = claims.map(([, , isIntact]) => isIntact);
  assert.deepEqual(await Promise.all(asked), expected);
  assert.equal(verify({ ...rsa, bits: 2048 }), true, 'what is cheap comes at once');
  // Those that never came back are still there: nothing more is sent after them.
  assert.equal(await verify(rsa), true);
  assert.equal(begun, 3);
});
