import { allowlistRemove } from '#admin/local-lists/remove-entry.ts';
import type { OperationCommand } from '../command.ts';

export const allowlistRemoveCommand: OperationCommand = {
  operation: allowlistRemove,
  positional: ['entry'],
};
