import { shadowList } from '#admin/policy/shadow-list.ts';
import type { OperationCommand } from '../command.ts';

export const policyShadowListCommand: OperationCommand = { operation: shadowList };
