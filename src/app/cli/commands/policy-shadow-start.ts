import { shadowStart } from '#admin/policy/shadow-start.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowStartCommand: OperationCommand = { operation: shadowStart };
