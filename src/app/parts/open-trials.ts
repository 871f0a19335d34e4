import { KeptRows } from '#policy/kept-rows.ts';
import { readTrial } from '#policy/trials/read-trial.ts';
import { TrialBook } from '#policy/trials/trial-book.ts';
import type { Settings } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

/** Settings of policy on trial, for the server and for a lone command alike. */
export interface Trials {
  readonly book: TrialBook;
  /** Resolves when the last change is on disk. */
  kept(): Promise<void>;
}

export async function openTrials(
  stored: Settings,
  settings: LiveSettings,
  { clock, events }: World,
): Promise<Trials> {
  const failed = ({ code }: { readonly code: string }): void =>
    events.emit({ name: 'store-trouble', code, what: 'trials of policy', detail: code });
  const kept = new KeptRows({ settings: stored, namePrefix: 'policy.trials_', failed, read: readTrial });
  const book = new TrialBook({
    clock,
    settings,
    changed: (id, trial) => kept.changed(id, trial),
    stopped: ({ id, why = '', tally: { keptOut, staged } }) =>
      events.emit({ name: 'policy-stage-stopped', trial: id, keptOut, staged, reason: why }),
  });
  book.restore(await kept.load());
  return { book, kept: () => kept.flush() };
}
