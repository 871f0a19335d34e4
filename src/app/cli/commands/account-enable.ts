import { accountEnable } from '#admin/accounts/account-enable.ts';
import type { OperationCommand } from '../command.ts';

export const accountEnableCommand: OperationCommand = { operation: accountEnable, positional: ['address'] };
