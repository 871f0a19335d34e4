import { blocklistReport } from '#admin/local-lists/report-mail.ts';
import type { OperationCommand } from '../command.ts';

export const blocklistReportCommand: OperationCommand = {
  operation: blocklistReport,
  positional: ['trace'],
};
