import { domainDmarc } from '#admin/domains/domain-dmarc.ts';
import type { OperationCommand } from '../command.ts';

export const domainDmarcCommand: OperationCommand = { operation: domainDmarc, positional: ['domain'] };
