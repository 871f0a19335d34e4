import { rulesAdd } from '#admin/rules/rules-add.ts';
import type { OperationCommand } from '../command.ts';

export const rulesAddCommand: OperationCommand = {
  operation: rulesAdd,
  positional: ['name', 'action', 'words'],
  variadic: true,
};
