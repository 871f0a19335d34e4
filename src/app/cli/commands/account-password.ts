import { accountPassword } from '#admin/accounts/account-password.ts';
import type { OperationCommand } from '../command.ts';

export const accountPasswordCommand: OperationCommand = {
  operation: accountPassword,
  positional: ['address'],
  secret: 'password',
};
