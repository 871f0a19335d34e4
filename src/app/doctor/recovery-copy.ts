import type { DoctorCheck } from '#admin/doctor/check.ts';
import { pass, skip, warn } from '#admin/doctor/check.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** STORAGE §4: no backup contains the master key, so somebody must keep a copy, and say so. */
export function recoveryCopyCheck({ masterKeyId, recoveryCopy }: DoctorWorld): DoctorCheck {
  return {
    name: 'recovery copy',
    meaning: 'A copy of the master key is kept elsewhere.',
    async run() {
      if (masterKeyId === undefined) return [skip('the master key could not be opened')];
      if ((await recoveryCopy()) === masterKeyId)
        return [pass(`a copy of master key ${masterKeyId} was confirmed`)];
      return [
        warn(
          `nobody has confirmed a copy of master key ${masterKeyId}: if it is lost, all mail is lost`,
          `Copy it to a safe place, then: postern settings set keys.recovery_copy ${masterKeyId}`,
        ),
      ];
    },
  };
}
