import { traceList } from '#admin/traces/trace-list.ts';
import type { OperationCommand } from '../command.ts';

export const traceListCommand: OperationCommand = { operation: traceList };
