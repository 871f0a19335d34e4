import { shadowComplain } from '#admin/policy/shadow-complain.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowComplainCommand: OperationCommand = {
  operation: shadowComplain,
  positional: ['trace'],
};
