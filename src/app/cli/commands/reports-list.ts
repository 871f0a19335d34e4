import { reportsList } from '#admin/reports/reports-list.ts';
import type { OperationCommand } from '../command.ts';

export const reportsListCommand: OperationCommand = { operation: reportsList };
