import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import type { Trial } from '#policy/trials/trial.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { AdminWorld } from '../world.ts';

export const trialId = required(string({ lengthMax: 10 }), {
  meaning: 'Its number, as "policy shadow list" has it.',
});

export function findTrial({ trials }: AdminWorld, id: string): Result<Trial, AdminError> {
  const trial = trials.book.find(id);
  return trial === undefined ? err(adminError('trial-not-found', `there is no trial ${id}`, id)) : ok(trial);
}
