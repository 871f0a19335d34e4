import { allowlistAdd } from '#admin/local-lists/add-entry.ts';
import type { OperationCommand } from '../command.ts';

export const allowlistAddCommand: OperationCommand = {
  operation: allowlistAdd,
  positional: ['entry'],
};
