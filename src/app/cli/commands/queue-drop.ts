import { queueDrop } from '#admin/queue/queue-drop.ts';
import type { OperationCommand } from '../command.ts';

export const queueDropCommand: OperationCommand = { operation: queueDrop, positional: ['id'] };
