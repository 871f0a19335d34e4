import { domainAdd } from '#admin/domains/domain-add.ts';
import type { OperationCommand } from '../command.ts';

export const domainAddCommand: OperationCommand = { operation: domainAdd, positional: ['domain'] };
