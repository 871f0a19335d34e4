import { aliasAdd } from '#admin/aliases/alias-add.ts';
import type { OperationCommand } from '../command.ts';

export const aliasAddCommand: OperationCommand = {
  operation: aliasAdd,
  positional: ['address', 'targets'],
  variadic: true,
};
