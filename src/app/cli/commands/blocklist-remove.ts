import { blocklistRemove } from '#admin/local-lists/remove-entry.ts';
import type { OperationCommand } from '../command.ts';

export const blocklistRemoveCommand: OperationCommand = {
  operation: blocklistRemove,
  positional: ['entry'],
};
