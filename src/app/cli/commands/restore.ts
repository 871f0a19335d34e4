import { restore } from '#admin/backup/restore.ts';
import type { OperationCommand } from '../command.ts';

export const restoreCommand: OperationCommand = {
  operation: restore,
  positional: ['folder'],
  paths: ['folder', 'master'],
  needs: 'store-closed',
};
