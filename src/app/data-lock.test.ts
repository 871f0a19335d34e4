import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeDataLock } from './data-lock.ts';

test('one process holds the data folder; another gets it once it is released', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-lock-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const module = join(import.meta.dirname, 'data-lock.ts');
  const script = `const { takeDataLock } = await import(${JSON.stringify(module)}); console.log(takeDataLock(${JSON.stringify(dir)}).ok)`;
  const elsewhere = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
  const lock = takeDataLock(dir);
  assert.ok(lock.ok);
  assert.equal(statSync(join(dir, 'lock')).mode & 0o777, 0o600);
  assert.equal(elsewhere(), 'false');
  lock.value.release();
  assert.equal(elsewhere(), 'true');
});
