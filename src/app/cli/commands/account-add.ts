import { accountAdd } from '#admin/accounts/account-add.ts';
import type { OperationCommand } from '../command.ts';

export const accountAddCommand: OperationCommand = {
  operation: accountAdd,
  positional: ['address'],
  secret: 'password',
};
