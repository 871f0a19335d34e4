import { accountRemove } from '#admin/accounts/account-remove.ts';
import type { OperationCommand } from '../command.ts';

export const accountRemoveCommand: OperationCommand = { operation: accountRemove, positional: ['address'] };
