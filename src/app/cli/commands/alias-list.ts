import { aliasList } from '#admin/aliases/alias-list.ts';
import type { OperationCommand } from '../command.ts';

export const aliasListCommand: OperationCommand = { operation: aliasList };
