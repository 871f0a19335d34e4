import { policyTest } from '#admin/policy/policy-test.ts';
import type { OperationCommand } from '../command.ts';
import { paintJudgement } from '../paint-judgement.ts';

export const policyTestCommand: OperationCommand = {
  operation: policyTest,
  positional: ['file'],
  paths: ['file'],
  paint: paintJudgement,
};
