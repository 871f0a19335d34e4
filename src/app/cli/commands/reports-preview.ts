import { reportsPreview } from '#admin/reports/reports-preview.ts';
import type { OperationCommand } from '../command.ts';

export const reportsPreviewCommand: OperationCommand = { operation: reportsPreview };
