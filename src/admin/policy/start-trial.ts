import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { duration } from '#config/kinds/duration.ts';
import { checkSettings } from '#policy/policy-settings.ts';
import { findFact } from '#policy/facts.ts';
import { checks } from '#policy/checks.ts';
import { runningTrialsMax } from '#policy/trials/trial-book.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { AdminWorld } from '../world.ts';
import type { PolicyWishes } from './policy-wishes.ts';
import { storedPolicy } from './policy-world.ts';
import type { ShownTrial } from './show-trial.ts';
import { showTrial } from './show-trial.ts';

const dayMs = 86_400_000;
export const trialMsDefault = 7 * dayMs;
export const trialTime = duration({ minMs: 60_000, maxMs: 90 * dayMs });

/** Puts other settings beside the real ones, for a time (N-3). */
export async function startTrial(
  world: AdminWorld,
  wishes: PolicyWishes,
  forMs: number,
): Promise<Result<ShownTrial, AdminError>> {
  const values = await storedPolicy(world);
  if (!values.ok) return values;
  const silent = [...checkSettings].find(
    ([name, rows]) =>
      wishes.has(rows.action.name) && values.value.check(name).action === 'off' && isAList(name),
  );
  if (silent !== undefined) {
    const [name] = silent;
    const why = `${name} is off, so that nobody is asked: a shadow of it would see nothing. First: postern policy set ${name} --action note`;
    return err(adminError('usage', why, name));
  }
  const trial = world.trials.book.start(Object.fromEntries(wishes), forMs);
  if (trial === 'full') return err(tooManyTrials());
  await world.trials.kept();
  return ok(showTrial(trial));
}

export function tooManyTrials(): AdminError {
  const why = `${runningTrialsMax} run already, and each is judged beside every message: postern policy shadow stop ID`;
  return adminError('usage', why, 'policy shadow');
}

/** Its facts are asked for only when it is on; those of other checks are, for what stands beside them. */
function isAList(name: string): boolean {
  const row = checks.find((one) => one.name === name);
  return row?.class === 'list' && row.reads.some((fact) => findFact(fact).asks !== 'nobody');
}
