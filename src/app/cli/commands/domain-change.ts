import { domainChange } from '#admin/domains/domain-change.ts';
import type { OperationCommand } from '../command.ts';

export const domainChangeCommand: OperationCommand = { operation: domainChange, positional: ['domain'] };
