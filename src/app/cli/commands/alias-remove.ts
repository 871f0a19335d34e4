import { aliasRemove } from '#admin/aliases/alias-remove.ts';
import type { OperationCommand } from '../command.ts';

export const aliasRemoveCommand: OperationCommand = { operation: aliasRemove, positional: ['address'] };
