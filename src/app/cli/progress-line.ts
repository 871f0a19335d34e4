import type { Progress } from '#admin/progress.ts';
import { printable } from './terminal.ts';

const quietMs = 2000;
const everyMs = 100;

/** Shows how far a long command has come, on a terminal only, once it has taken more than two seconds. */
export function progressLine(
  startedMs: number,
  now: () => number,
): { show(progress: Progress): void; clear(): void } {
  const { stderr } = process;
  let lastMs = startedMs + quietMs - everyMs;
  let shown = false;
  return {
    show(progress) {
      if (!stderr.isTTY || now() - lastMs < everyMs) return;
      lastMs = now();
      shown = true;
      const total = progress.total === undefined ? '' : ` of ${progress.total}`;
      stderr.write(`\r\u001b[K${printable(`${progress.what}: ${progress.done}${total}`)}`);
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
    },
  };
}
