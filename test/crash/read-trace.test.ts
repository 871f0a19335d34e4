import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrace } from './read-trace.ts';

const hex = (text: string): string =>
  [...Buffer.from(text)].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('');
const name = hex('/r/a');

test('a call cut in two by another thread is put together, and a sync covers only what had returned before it began', async () => {
  const lines = [
    `1 openat(AT_FDCWD<${hex('/')}>, "${name}", O_RDWR|O_CREAT, 0600) = 5<${name}>`,
    `1 pwrite64(5<${name}>, "${hex('one')}", 3, 0) = 3`,
    `2 fdatasync(5<${name}> <unfinished ...>`,
    `1 pwrite64(5<${name}>, "${hex('two')}", 3, 3 <unfinished ...>`,
    `2 <... fdatasync resumed>) = 0`,
    `1 <... pwrite64 resumed>) = 3`,
  ];
  const steps = await readTrace(lines, { root: '/r', marks: '/m' });
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['create', 'write', 'sync', 'write'],
  );
  const sync = steps[2];
  assert.ok(sync?.kind === 'sync' && sync.covers === 2);
});
