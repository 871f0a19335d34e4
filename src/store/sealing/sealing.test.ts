import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Random } from '#platform/random.ts';
import { keyedHash } from './keyed-hash.ts';
import { masterSecrets } from './master-secrets.ts';
import { deriveKey, keyBytes, keyIdBytes, makePurposeKey } from './purpose-key.ts';
import { recordSealer } from './record-sealer.ts';
import { keySealing, recordsPerSaltMax, sealedOverheadBytes } from './sealed-record.ts';
import type { CellPlace } from './sealed-record.ts';

const random: Random = { bytes: (count) => new Uint8Array(randomBytes(count)), integer: () => 0 };
const newKey = () => makePurposeKey(random.bytes(keyIdBytes + keyBytes));
const scope = { purpose: 'account', account: 'A', random };
const place: CellPlace = { table: 'content', column: 'body', record: '7' };
const plain = Buffer.from('a secret of some length');
const sealed = (key = newKey()) => ({
  key,
  sealing: keySealing({ ...scope, key }),
  bytes: keySealing({ ...scope, key }).seal(place, plain),
});

/** Where the salt and the number lie, by the format. */
const saltOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(9, 25)).toString('hex');
const numberOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUIntBE(25, 6);

describe('a sealed record', () => {
  it('opens at its own place', () => {
    const { sealing, bytes } = sealed();
    const opened = sealing.open(place, bytes);
    assert.ok(opened.ok);
    assert.deepEqual(Buffer.from(opened.value), plain);
    assert.equal(bytes.length, plain.length + sealedOverheadBytes);
  });

  it('I-03: never has the salt and number of another, of one sealer or of two', () => {
    const key = newKey();
    const [one, two] = [keySealing({ ...scope, key }), keySealing({ ...scope, key })];
    const all = Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? one : two).seal(place, plain));
    assert.equal(new Set(all.map((bytes) => `${saltOf(bytes)} ${numberOf(bytes)}`)).size, 300);
    assert.equal(new Set(all.map((bytes) => Buffer.from(bytes).toString('hex'))).size, 300);
    assert.equal(new Set(all.map(saltOf)).size, 2);
    for (const bytes of all) assert.ok(one.open(place, bytes).ok && two.open(place, bytes).ok);
  });

  it('takes a new salt long before a number would come again', () => {
    assert.ok(recordsPerSaltMax <= 2 ** 32 && recordsPerSaltMax < 256 ** 6);
    const sealing = keySealing({ ...scope, key: newKey(), recordsPerSalt: 3 });
    const all = Array.from({ length: 7 }, () => sealing.seal(place, plain));
    assert.deepEqual(all.map(numberOf), [0, 1, 2, 0, 1, 2, 0]);
    assert.equal(new Set(all.map(saltOf)).size, 3);
    for (const bytes of all) assert.ok(sealing.open(place, bytes).ok);
  });

  it('opens what many others sealed, more than it keeps keys of', () => {
    const key = newKey();
    const all = Array.from({ length: 200 }, () => keySealing({ ...scope, key }).seal(place, plain));
    const sealing = keySealing({ ...scope, key });
    for (const bytes of [...all, ...all]) assert.ok(sealing.open(place, bytes).ok);
  });

  for (const field of ['table', 'column', 'record'] as const) {
    it(`I-03: does not open with another ${field}`, () => {
      const { sealing, bytes } = sealed();
      assert.deepEqual(sealing.open({ ...place, [field]: 'other' }, bytes), { ok: false, error: 'damaged' });
    });
  }

  for (const field of ['purpose', 'account'] as const) {
    it(`I-03: does not open with another ${field}`, () => {
      const { key, bytes } = sealed();
      const other = keySealing({ ...scope, key, [field]: 'other' });
      assert.deepEqual(other.open(place, bytes), { ok: false, error: 'damaged' });
    });
  }

  it('does not confuse places whose texts join alike', () => {
    const { sealing, bytes } = sealed();
    for (const moved of [
      { ...place, table: 'contentbody', column: '' },
      { ...place, table: 'content b', column: 'ody' },
      { ...place, column: 'body7', record: '' },
    ])
      assert.equal(sealing.open(moved, bytes).ok, false);
  });

  it('does not open when any byte is changed, cut or added', () => {
    const { sealing, bytes } = sealed();
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(sealing.open(place, changed).ok, false, `byte ${at}`);
      assert.equal(sealing.open(place, bytes.subarray(0, at)).ok, false, `cut at ${at}`);
    }
    assert.equal(sealing.open(place, Buffer.concat([bytes, Buffer.of(0)])).ok, false);
  });

  it('does not open under another key, even one that bears its id', () => {
    const { key, bytes } = sealed();
    const other = keySealing({ ...scope, key: newKey() });
    assert.deepEqual(other.open(place, bytes), { ok: false, error: 'unknown-key' });
    const named = keySealing({ ...scope, key: { ...newKey(), id: key.id } });
    assert.deepEqual(named.open(place, bytes), { ok: false, error: 'damaged' });
  });

  it('holds an empty text', () => {
    const sealing = keySealing({ ...scope, key: newKey() });
    const opened = sealing.open(place, sealing.seal(place, new Uint8Array()));
    assert.ok(opened.ok && opened.value.length === 0);
  });
});

describe('a sealer', () => {
  const cell = { table: 't', column: 'c', record: '1' };

  it('opens what a retired key sealed and seals with the active one', () => {
    const [old, active] = [newKey(), newKey()];
    const before = recordSealer({ purpose: 'queue', active: old, random }).sealJson(cell, { a: [1, 'ü'] });
    const after = recordSealer({ purpose: 'queue', active, retired: [old], random });
    assert.deepEqual(after.openJson(cell, before), { ok: true, value: { a: [1, 'ü'] } });
    const alone = recordSealer({ purpose: 'queue', active, random });
    assert.deepEqual(alone.openJson(cell, before), { ok: false, error: 'unknown-key' });
    assert.ok(alone.openJson(cell, after.sealJson(cell, 1)).ok);
  });
});

describe('wrapping', () => {
  it('opens only under its master key and for its purpose', () => {
    const master = random.bytes(keyBytes);
    const wrapped = masterSecrets(master, random).wrap('account/A/1', random.bytes(keyBytes));
    assert.ok(masterSecrets(master, random).unwrap('account/A/1', wrapped).ok);
    assert.deepEqual(masterSecrets(master, random).unwrap('account/B/1', wrapped), {
      ok: false,
      error: 'wrong-key',
    });
    assert.equal(masterSecrets(random.bytes(keyBytes), random).unwrap('account/A/1', wrapped).ok, false);
  });
});

it('keyed hashes depend on key and column', () => {
  const key = newKey();
  const [one, two] = [keyedHash(deriveKey(key, 'one')), keyedHash(deriveKey(key, 'two'))];
  assert.deepEqual(one('x'), one('x'));
  assert.notDeepEqual(one('x'), two('x'));
  assert.notDeepEqual(one('x'), one('y'));
});
