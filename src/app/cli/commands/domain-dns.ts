import { domainDns } from '#admin/domains/domain-dns.ts';
import type { OperationCommand } from '../command.ts';

export const domainDnsCommand: OperationCommand = { operation: domainDns, positional: ['domain'] };
