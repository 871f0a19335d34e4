import { policyList } from '#admin/policy/policy-list.ts';
import type { OperationCommand } from '../command.ts';

export const policyListCommand: OperationCommand = { operation: policyList };
