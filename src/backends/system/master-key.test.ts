import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { createMasterKeyFile, openMasterKey } from './master-key.ts';
import { systemRandom } from './system-random.ts';

const random = systemRandom();
let folder = '';
const file = (): string => join(folder, 'keys', 'master.key');
const options = () => ({ random, credentialsFolder: join(folder, 'keys') });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-key-'));
  assert.ok((await createMasterKeyFile(file(), random)).ok);
});
after(() => rm(folder, { recursive: true }));

it('is made once, for its owner only', async () => {
  assert.equal((await stat(file())).mode & 0o777, 0o600);
  const before = await readFile(file(), 'utf8');
  const again = await createMasterKeyFile(file(), random);
  assert.ok(!again.ok && again.error.code === 'exists');
  assert.equal(await readFile(file(), 'utf8'), before);
});

it('opens the same key as file, credential and command', async () => {
  const ids: string[] = [];
  for (const source of [`file:${file()}`, 'credential:master.key', `command:cat ${file()}`]) {
    const opened = await openMasterKey(source, options());
    assert.ok(opened.ok, source);
    ids.push(opened.value.masterKeyId);
  }
  assert.equal(new Set(ids).size, 1);
});

it('says what is wrong and never what it read', async () => {
  const open = join(folder, 'open.key');
  await writeFile(open, 'secret', { mode: 0o644 });
  await chmod(open, 0o644);
  const cases = [
    [`file:${open}`, 'mode'],
    [`file:${folder}/none`, 'not-found'],
    ['credential:../open.key', 'invalid'],
    ['credential:none', 'not-found'],
    [`command:cat ${open}`, 'invalid'],
    ['command:false', 'failed'],
    ['command:cat $(cat /etc/passwd)', 'failed'],
    ['plain text', 'invalid'],
  ] as const;
  for (const [source, code] of cases) {
    const opened = await openMasterKey(source, options());
    assert.ok(!opened.ok && opened.error.code === code, source);
    assert.doesNotMatch(opened.error.detail, /secret/);
  }
});
