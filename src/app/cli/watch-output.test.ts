import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const program = join(import.meta.dirname, '../main.ts');

/** Runs the real program, its standard output led to `stdout`; `unread`: a pipe that nobody reads. */
async function run(stdout: number | 'unread') {
  const child = spawn(process.execPath, [program, 'version'], {
    stdio: ['ignore', stdout === 'unread' ? 'pipe' : stdout, 'pipe'],
  });
  child.stdout?.destroy();
  const [said, [code, signal]] = await Promise.all([
    text(child.stderr ?? assert.fail('no pipe')),
    once(child, 'exit'),
  ]);
  return { said, code, signal };
}

test('a command whose output nobody reads ends silently, as by SIGPIPE', async () => {
  assert.deepEqual(await run('unread'), { said: '', code: 141, signal: null });
});

test('that output could not be written is told', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full');
  const full = openSync('/dev/full', 'w');
  const { said, code } = await run(full).finally(() => closeSync(full));
  assert.match(said, /^postern: standard output: ENOSPC[^\n]*\n$/);
  assert.equal(code, 1);
});
