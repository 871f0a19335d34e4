import type { FlowControl } from '#net/flow-control.ts';
import { readKeptScope } from '#net/read-kept-scope.ts';
import type { StoredScope } from '#net/read-kept-scope.ts';
import { KeptRows } from '#policy/kept-rows.ts';
import type { Settings } from '#store/contract/store.ts';
import type { World } from './world.ts';

/** What a crash may lose of what was observed. */
const keptEveryMs = 15 * 60_000;

/** S-09: scopes that are kept; the server, its services and listeners come before rules. */
const scopesMax = 200;

/** Observed peaks and hits of limits outlive a restart (P-33). */
export interface FlowMemory {
  /** Writes what was seen so far; resolves when it is on disk, or was told as trouble. */
  keep(): Promise<void>;
  /** Does that at intervals, until the signal. */
  keepOn(signal: AbortSignal): Promise<void>;
}

/** Tells flow control what was seen before the restart, and keeps what is seen from now on. */
export async function openFlowMemory(flow: FlowControl, stored: Settings, world: World): Promise<FlowMemory> {
  const { clock, events } = world;
  const rows = new KeptRows<StoredScope>({
    settings: stored,
    namePrefix: 'flow.kept_',
    failed: ({ code }) => events.emit({ name: 'store-trouble', code, what: 'limits', detail: code }),
    read: readKeptScope,
  });
  let known = await rows.load();
  const nowMs = clock.monotonic();
  for (const scope of known) flow.restore(scope, { nowMs, passedMs: clock.now() - scope.keptAtMs });
  const keep = (): Promise<void> => {
    const kept = flow.keep(clock.monotonic()).slice(0, scopesMax);
    const names = new Set(kept.map(({ scope }) => scope));
    for (const { scope } of known) if (!names.has(scope)) rows.changed(scope, undefined);
    known = kept.map((scope) => ({ ...scope, keptAtMs: clock.now() }));
    for (const scope of known) rows.changed(scope.scope, scope);
    return rows.flush();
  };
  return {
    keep,
    async keepOn(signal) {
      while (!signal.aborted) {
        await clock.sleep(keptEveryMs, signal);
        if (!signal.aborted) await keep();
      }
    },
  };
}
