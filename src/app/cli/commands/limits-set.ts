import { limitsSet } from '#admin/limits/limits-set.ts';
import type { OperationCommand } from '../command.ts';

export const limitsSetCommand: OperationCommand = {
  operation: limitsSet,
  positional: ['scope', 'words'],
  variadic: true,
};
