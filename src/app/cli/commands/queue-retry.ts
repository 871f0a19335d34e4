import { queueRetry } from '#admin/queue/queue-retry.ts';
import type { OperationCommand } from '../command.ts';

export const queueRetryCommand: OperationCommand = { operation: queueRetry, positional: ['id'] };
