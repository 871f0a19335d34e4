import { settingsList } from '#admin/settings/settings-list.ts';
import type { OperationCommand } from '../command.ts';

export const settingsListCommand: OperationCommand = { operation: settingsList };
