import { applyTrial } from '#policy/trials/apply-trial.ts';
import type { Settings } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { Trials } from './open-trials.ts';
import type { World } from './world.ts';

/** What was counted is kept so often; stages last hours at least. */
const everyMs = 10_000;

export interface TendedTrials {
  readonly trials: Trials;
  readonly stored: Settings;
  readonly settings: Pick<LiveSettings, 'reload'>;
  readonly world: Pick<World, 'clock' | 'events'>;
}

/** Ends shadows, raises the shares of stages, and makes what came through all of them the setting of all mail (N-3). */
export async function tendTrials(parts: TendedTrials, signal: AbortSignal): Promise<void> {
  parts.trials.book.resume();
  while (!signal.aborted) {
    await tendOnce(parts);
    await parts.world.clock.sleep(everyMs, signal);
  }
  parts.trials.book.tend();
}

async function tendOnce({ trials, stored, settings, world }: TendedTrials): Promise<void> {
  for (const trial of trials.book.tend()) {
    const done = await applyTrial(stored, trial);
    if (!done.ok) {
      const { code } = done.error;
      world.events.emit({ name: 'store-trouble', code, what: 'a trial was not applied', detail: code });
      continue;
    }
    trials.book.end(trial.id, 'applied', 'it came through all its stages');
    await settings.reload();
    for (const setting of Object.keys(trial.changes))
      world.events.emit({ name: 'setting-changed', setting, by: `trial ${trial.id}` });
  }
}
