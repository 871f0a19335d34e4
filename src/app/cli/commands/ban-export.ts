import { banExport } from '#admin/bans/ban-export.ts';
import type { OperationCommand } from '../command.ts';

export const banExportCommand: OperationCommand = { operation: banExport };
