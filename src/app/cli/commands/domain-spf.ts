import { domainSpf } from '#admin/domains/domain-spf.ts';
import type { OperationCommand } from '../command.ts';

export const domainSpfCommand: OperationCommand = { operation: domainSpf, positional: ['domain'] };
