import { banRemove } from '#admin/bans/ban-remove.ts';
import type { OperationCommand } from '../command.ts';

export const banRemoveCommand: OperationCommand = { operation: banRemove, positional: ['network'] };
