import { domainList } from '#admin/domains/domain-list.ts';
import type { OperationCommand } from '../command.ts';

export const domainListCommand: OperationCommand = { operation: domainList };
