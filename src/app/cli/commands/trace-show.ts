import { traceShow } from '#admin/traces/trace-show.ts';
import type { OperationCommand } from '../command.ts';

export const traceShowCommand: OperationCommand = { operation: traceShow, positional: ['id'] };
