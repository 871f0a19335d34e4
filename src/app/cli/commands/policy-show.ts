import { policyShow } from '#admin/policy/policy-show.ts';
import type { OperationCommand } from '../command.ts';

export const policyShowCommand: OperationCommand = { operation: policyShow, positional: ['check'] };
