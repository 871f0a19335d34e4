import { blocklistAdd } from '#admin/local-lists/add-entry.ts';
import type { OperationCommand } from '../command.ts';

export const blocklistAddCommand: OperationCommand = {
  operation: blocklistAdd,
  positional: ['entry'],
};
