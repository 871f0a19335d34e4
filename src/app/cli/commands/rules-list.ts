import { rulesList } from '#admin/rules/rules-list.ts';
import type { OperationCommand } from '../command.ts';

export const rulesListCommand: OperationCommand = { operation: rulesList };
