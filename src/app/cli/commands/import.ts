import { importMail } from '#admin/import/import.ts';
import type { OperationCommand } from '../command.ts';

export const importCommand: OperationCommand = {
  operation: importMail,
  positional: ['account', 'path'],
  paths: ['path'],
};
