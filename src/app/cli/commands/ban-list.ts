import { banList } from '#admin/bans/ban-list.ts';
import type { OperationCommand } from '../command.ts';

export const banListCommand: OperationCommand = { operation: banList };
