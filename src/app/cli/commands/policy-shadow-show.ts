import { shadowShow } from '#admin/policy/shadow-show.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowShowCommand: OperationCommand = { operation: shadowShow, positional: ['id'] };
