import { settingsSet } from '#admin/settings/settings-set.ts';
import type { OperationCommand } from '../command.ts';

export const settingsSetCommand: OperationCommand = { operation: settingsSet, positional: ['name', 'value'] };
