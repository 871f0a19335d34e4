import { shadowStop } from '#admin/policy/shadow-stop.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowStopCommand: OperationCommand = { operation: shadowStop, positional: ['id'] };
