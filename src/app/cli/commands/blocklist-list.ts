import { blocklistList } from '#admin/local-lists/list-entries.ts';
import type { OperationCommand } from '../command.ts';

export const blocklistListCommand: OperationCommand = { operation: blocklistList };
