import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { shareProcesses } from '../../scripts/share-processes.ts';

const passing = "import { test } from 'node:test';\ntest('passes', () => {});\n";

/** The exit status of one process with these test files. */
function statusOf(...texts: readonly string[]): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'postern-shared-'));
  const files = texts.map((text, index) => {
    const file = join(folder, `${String(index)}.test.mjs`);
    writeFileSync(file, text);
    return file;
  });
  const shared = shareProcesses(files);
  // It is not one of the processes of this run.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status } = spawnSync(process.execPath, [...shared.entries], {
    env,
    stdio: 'ignore',
    timeout: 20_000,
  });
  shared.dispose();
  rmSync(folder, { recursive: true });
  return status;
}

test('of files that share a process none is lost: not by one that fails, ends it, or cannot be loaded', () => {
  assert.equal(statusOf(passing, passing), 0);
  assert.equal(
    statusOf(passing, "import { test } from 'node:test';\ntest('fails', () => { throw new Error(); });\n"),
    1,
  );
  assert.equal(
    statusOf("import { test } from 'node:test';\ntest('ends', () => process.exit(0));\n", passing),
    1,
  );
  assert.equal(statusOf('process.exit(0);\n', passing), 1);
  assert.equal(statusOf("throw new Error('broken');\n", passing), 1);
});
