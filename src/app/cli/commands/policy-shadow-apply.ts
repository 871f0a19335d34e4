import { shadowApply } from '#admin/policy/shadow-apply.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowApplyCommand: OperationCommand = { operation: shadowApply, positional: ['id'] };
