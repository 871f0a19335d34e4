import { domainRemove } from '#admin/domains/domain-remove.ts';
import type { OperationCommand } from '../command.ts';

export const domainRemoveCommand: OperationCommand = { operation: domainRemove, positional: ['domain'] };
