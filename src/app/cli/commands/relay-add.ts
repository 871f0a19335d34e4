import { relayAdd } from '#admin/relay/relay-add.ts';
import type { OperationCommand } from '../command.ts';

export const relayAddCommand: OperationCommand = { operation: relayAdd, positional: ['network'] };
