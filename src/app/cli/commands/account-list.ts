import { accountList } from '#admin/accounts/account-list.ts';
import type { OperationCommand } from '../command.ts';

export const accountListCommand: OperationCommand = { operation: accountList };
