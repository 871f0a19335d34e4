import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPeer, runTool } from '#test/peers/peer.ts';

/** A disk that can be told to fail. */
export interface FailingSync {
  readonly env: NodeJS.ProcessEnv;
  /** From now on, syncs of files whose path contains `text` fail. */
  fail(text: string): void;
  mend(): void;
}

/** Why there can be none here, or undefined. */
export const noFailingSync = missingPeer('gcc');

export async function makeFailingSync(dir: string): Promise<FailingSync> {
  const library = join(dir, 'failing-sync.so');
  const source = join(import.meta.dirname, 'failing-sync.c');
  await runTool('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, source, '-ldl']);
  const trigger = join(dir, 'failing');
  return {
    env: { LD_PRELOAD: library, FAILING_SYNC: trigger },
    fail: (text) => writeFileSync(trigger, text),
    mend: () => rmSync(trigger, { force: true }),
  };
}
