import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Settings } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Trial } from './trial.ts';

/**
 * Makes the settings of a trial those of all mail: all of them, or none, so that nothing of a trial holds by itself after
 * a restart. What somebody changed meanwhile gives way.
 */
export async function applyTrial(
  settings: Settings,
  { changes }: Pick<Trial, 'changes'>,
): Promise<Result<void, Trouble>> {
  const before = new Map<string, unknown>();
  for (const [name, value] of Object.entries(changes)) {
    const changed = await change(settings, name, value);
    if (!changed.ok) {
      for (const [other, was] of before) await change(settings, other, was);
      return changed;
    }
    before.set(name, changed.value);
  }
  return ok(undefined);
}

/** Gives what it was before. */
async function change(settings: Settings, name: string, value: unknown): Promise<Result<unknown, Trouble>> {
  const before = await settings.get(name);
  if (!before.ok) return before;
  const set = await settings.set(name, value, before.value?.version ?? 0);
  return set.ok ? ok(before.value?.value) : set;
}
