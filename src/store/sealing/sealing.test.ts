import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Random } from '#platform/random.ts';
import { keyedHash } from './keyed-hash.ts';
import { masterSecrets } from './master-secrets.ts';
import { deriveKey, keyBytes, keyIdBytes, makePurposeKey } from './purpose-key.ts';
import { recordSealer } from './record-sealer.ts';
import { saltBytes, sealedOverheadBytes, sealRecord, unsealRecord } from './sealed-record.ts';
import type { RecordPlace } from './sealed-record.ts';

const random: Random = { bytes: (count) => new Uint8Array(randomBytes(count)), integer: () => 0 };
const newKey = () => makePurposeKey(random.bytes(keyIdBytes + keyBytes));
const place: RecordPlace = {
  purpose: 'account',
  account: 'A',
  table: 'content',
  column: 'body',
  record: '7',
};
const plain = Buffer.from('a secret of some length');
const sealed = (key = newKey()) => ({
  key,
  bytes: sealRecord(key, place, { plain, salt: random.bytes(saltBytes) }),
});

describe('a sealed record', () => {
  it('opens at its own place', () => {
    const { key, bytes } = sealed();
    const opened = unsealRecord(key, place, bytes);
    assert.ok(opened.ok);
    assert.deepEqual(Buffer.from(opened.value), plain);
    assert.equal(bytes.length, plain.length + sealedOverheadBytes);
  });

  it('is never the same twice', () => {
    const key = newKey();
    assert.notDeepEqual(sealed(key).bytes, sealed(key).bytes);
  });

  for (const field of ['purpose', 'account', 'table', 'column', 'record'] as const) {
    it(`I-03: does not open with another ${field}`, () => {
      const { key, bytes } = sealed();
      assert.deepEqual(unsealRecord(key, { ...place, [field]: 'other' }, bytes), {
        ok: false,
        error: 'damaged',
      });
    });
  }

  it('does not confuse places whose texts join alike', () => {
    const { key, bytes } = sealed();
    const moved = { ...place, table: 'content","body', column: '' };
    assert.equal(unsealRecord(key, moved, bytes).ok, false);
  });

  it('does not open when any byte is changed, cut or added', () => {
    const { key, bytes } = sealed();
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(unsealRecord(key, place, changed).ok, false, `byte ${at}`);
      assert.equal(unsealRecord(key, place, bytes.subarray(0, at)).ok, false, `cut at ${at}`);
    }
    assert.equal(unsealRecord(key, place, Buffer.concat([bytes, Buffer.of(0)])).ok, false);
  });

  it('does not open under another key, even one that bears its id', () => {
    const { key, bytes } = sealed();
    assert.deepEqual(unsealRecord(newKey(), place, bytes), { ok: false, error: 'unknown-key' });
    assert.deepEqual(unsealRecord({ ...newKey(), id: key.id }, place, bytes), {
      ok: false,
      error: 'damaged',
    });
  });

  it('holds an empty text', () => {
    const key = newKey();
    const empty = sealRecord(key, place, { plain: new Uint8Array(), salt: random.bytes(saltBytes) });
    const opened = unsealRecord(key, place, empty);
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
  const [one, two] = [deriveKey(key, 'one'), deriveKey(key, 'two')];
  assert.deepEqual(keyedHash(one, 'x'), keyedHash(one, 'x'));
  assert.notDeepEqual(keyedHash(one, 'x'), keyedHash(two, 'x'));
  assert.notDeepEqual(keyedHash(one, 'x'), keyedHash(one, 'y'));
});
