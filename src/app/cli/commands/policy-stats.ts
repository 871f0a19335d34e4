import { policyStats } from '#admin/policy/policy-stats.ts';
import type { OperationCommand } from '../command.ts';

export const policyStatsCommand: OperationCommand = { operation: policyStats };
