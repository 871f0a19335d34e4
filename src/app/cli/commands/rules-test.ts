import { rulesTest } from '#admin/rules/rules-test.ts';
import type { OperationCommand } from '../command.ts';

export const rulesTestCommand: OperationCommand = { operation: rulesTest };
