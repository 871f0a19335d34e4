import { rulesRemove } from '#admin/rules/rules-remove.ts';
import type { OperationCommand } from '../command.ts';

export const rulesRemoveCommand: OperationCommand = {
  operation: rulesRemove,
  positional: ['name'],
};
