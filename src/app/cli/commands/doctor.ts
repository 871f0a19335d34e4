import { fail } from '#admin/doctor/check.ts';
import type { DoctorOutput } from '#admin/doctor/doctor.ts';
import { doctor, examineAll } from '#admin/doctor/doctor.ts';
import { exitCodes } from '#admin/errors.ts';
import { silentEvents } from '#trace/events.ts';
import { doctorChecks } from '../../doctor/checks.ts';
import { makeResolver } from '../../parts/make-resolver.ts';
import { systemWorld } from '../../parts/world.ts';
import type { OperationCommand } from '../command.ts';

export const doctorCommand: OperationCommand = {
  operation: doctor,
  exitCode: (output) => ((output as DoctorOutput).failed === 0 ? exitCodes.done : exitCodes.failed),
  // When the store does not open, doctor is needed most.
  async whenClosed(configuration, error) {
    const world = systemWorld(silentEvents);
    const storeCheck = {
      name: 'store',
      meaning: 'The store opens.',
      run: async () => [fail(`it does not open: ${error.message}`, error.fix)],
    };
    const checks = doctorChecks({
      configuration,
      clock: world.clock,
      queue: undefined,
      lists: undefined,
      resolver: makeResolver(configuration, world),
      serving: false,
      store: undefined,
      masterKeyId: undefined,
      recoveryCopy: async () => undefined,
    });
    return await examineAll([storeCheck, ...checks]);
  },
};
