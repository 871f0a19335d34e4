import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { AccountId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Secrets } from '#platform/secrets.ts';
import { must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { diskFiles } from './files.ts';
import { keysSchema } from './keys-schema.ts';
import { openKeys } from './keys.ts';
import type { Keys } from './keys.ts';

const random = createFakeRandom(7);
const master = masterSecrets(random.bytes(32), random);
const place = { table: 't', column: 'c', record: 'r' };

function newAccount(): AccountId {
  return makeId<AccountId>(1, random.bytes(10));
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('keys');
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withKeys(
  folder: string,
  secrets: Secrets,
  run: (keys: Keys, path: string) => void | Promise<void>,
): Promise<void> {
  const file = must(await diskFiles(folder).open('keys', keysSchema, 'create'));
  try {
    await run(must(openKeys({ file, secrets, clock: createFakeClock(), random })), file.path);
  } finally {
    await file.close();
  }
}

/** All bytes of the folder's files. */
async function bytesIn(folder: string): Promise<Buffer> {
  const names = await readdir(folder);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

test('keys are made once, and open again what they sealed', () =>
  inFolder(async (folder) => {
    const id = newAccount();
    let sealed: Uint8Array = new Uint8Array();
    await withKeys(folder, master, (keys) => {
      must(keys.createAccount(id));
      mustFail(keys.createAccount(id), 'exists');
      mustFail(keys.account(newAccount()), 'not-found');
      sealed = keys.serverSealer('queue').seal(place, Buffer.from('text'));
      assert.ok(!keys.serverSealer('traces').open(place, sealed).ok);
    });
    await withKeys(folder, master, (keys) => {
      const opened = keys.serverSealer('queue').open(place, sealed);
      assert.ok(opened.ok && Buffer.from(opened.value).toString() === 'text');
      assert.deepEqual(keys.accounts(), [id]);
      must(keys.account(id));
    });
  }));

test('another master key is told apart and opens nothing', () =>
  inFolder(async (folder) => {
    await withKeys(folder, master, () => undefined);
    const file = must(await diskFiles(folder).open('keys', keysSchema, 'existing'));
    const other = masterSecrets(random.bytes(32), random);
    mustFail(openKeys({ file, secrets: other, clock: createFakeClock(), random }), 'unavailable');
    await file.close();
  }));

test('a second process does not get the key file', () =>
  inFolder(async (folder) => {
    await withKeys(folder, master, async (_keys, path) => {
      const script = `import { DatabaseSync } from 'node:sqlite';
        try { new DatabaseSync(process.argv[1]).exec('SELECT * FROM key'); console.log('open'); } catch (e) { console.log(e.errcode); }`;
      const args = ['--input-type=module', '-e', script, path];
      const said = await new Promise<string>((resolve) =>
        execFile(process.execPath, args, (_, out) => resolve(out)),
      );
      assert.equal(said.trim(), '5');
    });
  }));

test('I-03: after erasure neither the key nor its wrap is found', () =>
  inFolder(async (folder) => {
    const id = newAccount();
    await withKeys(folder, master, async (keys) => {
      const { active } = must(keys.createAccount(id));
      const wrapped = Buffer.from(active.id, 'hex');
      const before = await bytesIn(folder);
      assert.ok(before.includes(active.id) || before.includes(wrapped), 'the id can be found at all');
      const wrap = wrapIn(before, active.id);
      must(keys.destroyAccount(id));
      const after = await bytesIn(folder);
      assert.ok(!after.includes(wrap), 'the wrap is gone');
      assert.ok(!after.includes(Buffer.from(active.key)), 'the key was never there');
      assert.ok(!after.includes(active.id));
      mustFail(keys.account(id), 'not-found');
      must(keys.destroyAccount(id));
    });
  }));

/** The last bytes of a wrap: its ciphertext and tag follow the key's id in the row. */
function wrapIn(bytes: Buffer, keyId: string): Buffer {
  const at = bytes.indexOf(keyId);
  assert.ok(at >= 0);
  return bytes.subarray(at + 110, at + 150);
}

test('a renewed key seals, the old one opens until it is forgotten', () =>
  inFolder(async (folder) => {
    const id = newAccount();
    await withKeys(folder, master, (keys) => {
      must(keys.createAccount(id));
      const old = must(keys.accountSealer(id, 'queue')).seal(place, Buffer.from('old'));
      const { active, retired } = must(keys.renewAccount(id));
      assert.equal(retired.length, 1);
      assert.notEqual(active.id, retired[0]?.id);
      assert.ok(must(keys.accountSealer(id, 'queue')).open(place, old).ok);
      must(keys.forgetRetired(id));
      assert.deepEqual(must(keys.accountSealer(id, 'queue')).open(place, old), {
        ok: false,
        error: 'unknown-key',
      });
    });
  }));

test('master key rotation wraps all keys anew and leaves no old wrap', () =>
  inFolder(async (folder) => {
    const id = newAccount();
    const next = masterSecrets(random.bytes(32), random);
    let sealed: Uint8Array = new Uint8Array();
    await withKeys(folder, master, async (keys) => {
      const { active } = must(keys.createAccount(id));
      sealed = must(keys.accountSealer(id, 'queue')).seal(place, Buffer.from('text'));
      const wrap = wrapIn(await bytesIn(folder), active.id);
      assert.ok(must(keys.rewrap(next)) >= 2);
      assert.ok(!(await bytesIn(folder)).includes(wrap));
    });
    await withKeys(folder, next, (keys) => {
      assert.ok(must(keys.accountSealer(id, 'queue')).open(place, sealed).ok);
    });
    const file = must(await diskFiles(folder).open('keys', keysSchema, 'existing'));
    mustFail(openKeys({ file, secrets: master, clock: createFakeClock(), random }), 'unavailable');
    await file.close();
  }));
