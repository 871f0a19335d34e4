import { listsShow } from '#admin/lists/lists-show.ts';
import type { OperationCommand } from '../command.ts';

export const listsShowCommand: OperationCommand = { operation: listsShow };
