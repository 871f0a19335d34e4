import { join } from 'node:path';
import { runTool } from '#test/peers/peer.ts';

/** Environment that adds `ms` to every sync of a server started with it; compiled on the spot. */
export async function slowSync(dir: string, ms: number): Promise<NodeJS.ProcessEnv> {
  if (ms === 0) return {};
  const library = join(dir, 'slow-sync.so');
  await runTool('gcc', [
    '-shared',
    '-fPIC',
    '-O2',
    '-o',
    library,
    join(import.meta.dirname, 'slow-sync.c'),
    '-ldl',
  ]);
  return { LD_PRELOAD: library, SLOW_SYNC_US: String(ms * 1000) };
}
