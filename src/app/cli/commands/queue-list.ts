import { queueList } from '#admin/queue/queue-list.ts';
import type { OperationCommand } from '../command.ts';

export const queueListCommand: OperationCommand = { operation: queueList };
