import { relayRemove } from '#admin/relay/relay-remove.ts';
import type { OperationCommand } from '../command.ts';

export const relayRemoveCommand: OperationCommand = { operation: relayRemove, positional: ['network'] };
