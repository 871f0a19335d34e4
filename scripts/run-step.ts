import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './run-suite.ts';

/** Runs a tool of the project; its output is shown only when it fails. */
export function runStep(name: string, command: readonly [string, ...string[]]): boolean {
  const started = performance.now();
  const [tool, ...words] = command;
  const result = spawnSync(join(root, 'node_modules/.bin', tool), words, { cwd: root, encoding: 'utf8' });
  const passed = result.status === 0;
  if (!passed) console.log(`${result.stdout}${result.stderr}${result.error?.message ?? ''}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${passed ? 'passed' : 'FAILED'} (${seconds} s)`);
  return passed;
}
