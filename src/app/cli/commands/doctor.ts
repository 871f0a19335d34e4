import { doctor } from '#admin/doctor/doctor.ts';
import { exitCodes } from '#admin/errors.ts';
import type { OperationCommand } from '../command.ts';

export const doctorCommand: OperationCommand = {
  operation: doctor,
  exitCode: (output) =>
    (output as { readonly failed: number }).failed === 0 ? exitCodes.done : exitCodes.failed,
};
