import { listsKey } from '#admin/lists/lists-key.ts';
import type { OperationCommand } from '../command.ts';

export const listsKeyCommand: OperationCommand = {
  operation: listsKey,
  positional: ['name'],
  secret: 'password',
};
