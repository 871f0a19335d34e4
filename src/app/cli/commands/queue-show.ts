import { queueShow } from '#admin/queue/queue-show.ts';
import type { OperationCommand } from '../command.ts';

export const queueShowCommand: OperationCommand = { operation: queueShow, positional: ['id'] };
