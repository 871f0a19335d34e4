import { reportsSent } from '#admin/reports/reports-sent.ts';
import type { OperationCommand } from '../command.ts';

export const reportsSentCommand: OperationCommand = { operation: reportsSent };
