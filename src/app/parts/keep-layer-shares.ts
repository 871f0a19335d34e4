import type { LayerShares } from '#policy/layers/layer-shares.ts';
import type { World } from './world.ts';

/** A crash forgets so much at most. */
const everyMs = 10_000;

/** Hands what was counted to the store, until the signal and once more. */
export async function keepLayerShares(
  shares: Pick<LayerShares, 'flush'>,
  { clock, events }: Pick<World, 'clock' | 'events'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const isLast = signal.aborted;
    const done = await shares.flush(clock.now());
    if (!done.ok) {
      const { code } = done.error;
      events.emit({ name: 'store-trouble', code, what: 'shares of layers were not kept', detail: code });
    }
    if (isLast) return;
    await clock.sleep(everyMs, signal);
  }
}
