import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Random } from '#platform/random.ts';
import { lendKey, lentSealings } from './lent-key.ts';
import { keyBytes, keyIdBytes, makePurposeKey } from './purpose-key.ts';
import { keySealing } from './sealed-record.ts';

const random: Random = { bytes: (count) => new Uint8Array(randomBytes(count)), integer: () => 0 };
const place = { table: 'entry', column: 'meta', record: '01J' };
const plain = Buffer.from('a secret');

test('what is sealed with a lent key opens under the key itself, for its purpose and account only', () => {
  const key = makePurposeKey(random.bytes(keyIdBytes + keyBytes));
  const sealings = lentSealings(random);
  for (const account of ['', '01J00000000000000000000000']) {
    const sealed = sealings(lendKey(key, { purpose: 'queue', account })).seal(place, plain);
    const opened = keySealing({ key, purpose: 'queue', account, random }).open(place, sealed);
    assert.ok(opened.ok);
    assert.deepEqual(Buffer.from(opened.value), plain);
    const others = [
      { purpose: 'traces', account },
      { purpose: 'queue', account: `${account}X` },
    ];
    for (const other of others) assert.ok(!keySealing({ key, ...other, random }).open(place, sealed).ok);
  }
});

test('the sealing of one lent key is made once: its records share a salt', () => {
  const key = makePurposeKey(random.bytes(keyIdBytes + keyBytes));
  const lent = lendKey(key, { purpose: 'queue', account: '' });
  const sealings = lentSealings(random);
  assert.equal(sealings(lent), sealings(lent));
});
