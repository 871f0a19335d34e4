import { reportsShow } from '#admin/reports/reports-show.ts';
import type { OperationCommand } from '../command.ts';

export const reportsShowCommand: OperationCommand = { operation: reportsShow };
