import { policySet } from '#admin/policy/policy-set.ts';
import type { OperationCommand } from '../command.ts';

export const policySetCommand: OperationCommand = { operation: policySet, positional: ['check'] };
