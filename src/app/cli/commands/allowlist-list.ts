import { allowlistList } from '#admin/local-lists/list-entries.ts';
import type { OperationCommand } from '../command.ts';

export const allowlistListCommand: OperationCommand = { operation: allowlistList };
