import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('V8 knows the options that are set; it passes over unknown ones in silence', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const source = readFileSync(new URL('./compile-sooner.ts', import.meta.url), 'utf8');
  const set = [...source.matchAll(/'(--[a-z-]+)=\d+'/g)].map(([, name = '']) => name);
  assert.equal(set.length, 2);
  for (const name of set) assert.ok(known.includes(`  ${name} (`), name);
});
