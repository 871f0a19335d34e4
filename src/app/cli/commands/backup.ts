import { backup } from '#admin/backup/backup.ts';
import type { OperationCommand } from '../command.ts';

export const backupCommand: OperationCommand = {
  operation: backup,
  positional: ['folder'],
  paths: ['folder'],
};
