import { policyReplay } from '#admin/policy/policy-replay.ts';
import type { OperationCommand } from '../command.ts';

export const policyReplayCommand: OperationCommand = { operation: policyReplay };
