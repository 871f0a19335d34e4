import { relayList } from '#admin/relay/relay-list.ts';
import type { OperationCommand } from '../command.ts';

export const relayListCommand: OperationCommand = { operation: relayList };
