import type { Store } from '#store/contract/store.ts';
import { traceSettings } from '#trace/trace-settings.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

const everyMs = 3_600_000;
/** S-12: after the wall clock jumped, nothing is deleted by age for a day. */
const waitAfterJumpMs = 86_400_000;
const jumpMsMin = 3_600_000;

/** Deletes what is older than it may be kept (S-11), hourly, until the signal. */
export async function maintain(
  store: Pick<Store, 'traces'>,
  parts: { readonly world: World; readonly settings: LiveSettings },
  signal: AbortSignal,
): Promise<void> {
  const { clock, events } = parts.world;
  const offset = (): number => clock.now() - clock.monotonic();
  let lastOffset = offset();
  let quietUntilMs = 0;
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    if (Math.abs(offset() - lastOffset) > jumpMsMin) quietUntilMs = clock.monotonic() + waitAfterJumpMs;
    lastOffset = offset();
    if (clock.monotonic() < quietUntilMs) continue;
    const expired = await store.traces.expire(clock.now() - parts.settings.value(traceSettings.keptMs));
    if (expired.ok) continue;
    const { code } = expired.error;
    events.emit({ name: 'store-trouble', code, what: 'traces were not expired', detail: code });
  }
}
