import { domainDkim } from '#admin/domains/domain-dkim.ts';
import type { OperationCommand } from '../command.ts';

export const domainDkimCommand: OperationCommand = { operation: domainDkim, positional: ['domain'] };
