import { accountDisable } from '#admin/accounts/account-disable.ts';
import type { OperationCommand } from '../command.ts';

export const accountDisableCommand: OperationCommand = { operation: accountDisable, positional: ['address'] };
