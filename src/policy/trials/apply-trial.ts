import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Settings } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Trial } from './trial.ts';

/** Makes the settings of a trial those of all mail. What somebody changed meanwhile gives way. */
export async function applyTrial(
  settings: Settings,
  { changes }: Pick<Trial, 'changes'>,
): Promise<Result<void, Trouble>> {
  for (const [name, value] of Object.entries(changes)) {
    const before = await settings.get(name);
    if (!before.ok) return before;
    const set = await settings.set(name, value, before.value?.version ?? 0);
    if (!set.ok) return set;
  }
  return ok(undefined);
}
