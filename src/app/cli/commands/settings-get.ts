import { settingsGet } from '#admin/settings/settings-get.ts';
import type { OperationCommand } from '../command.ts';

export const settingsGetCommand: OperationCommand = { operation: settingsGet, positional: ['name'] };
