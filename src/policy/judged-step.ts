import type { NewStep } from '#trace/trace-builder.ts';
import type { CheckFinding } from './judgement.ts';
import type { JudgedCheck } from './judge-check.ts';
import type { CheckAction } from './stage.ts';

/** What a check came to, as a step of the trace; nothing of one that had nothing to say. */
export function judgedStep(judged: JudgedCheck): NewStep | undefined {
  const { check, judgement, ms } = judged;
  const { stage, name } = check;
  const place = { stage, check: name, ms };
  switch (judgement.kind) {
    case 'silent':
      return undefined;
    case 'finding':
      return { ...place, ...findingWords(judged, judgement) };
    case 'unknown':
      return { ...place, outcome: 'error', ...words(judgement) };
    case 'vouch':
      return { ...place, outcome: 'pass', ...words(judgement) };
    default: {
      // The facts tell why.
      const { reason } = judgement;
      const passed = { stage, check: name, ms, outcome: 'pass' } as const;
      return reason === undefined ? passed : { ...passed, reason };
    }
  }
}

function words({
  reason,
  evidence,
}: {
  readonly reason?: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
}): Pick<NewStep, 'reason' | 'evidence'> {
  return { ...(reason === undefined ? {} : { reason }), ...(evidence === undefined ? {} : { evidence }) };
}

function findingWords(
  { action, score, excepted }: JudgedCheck,
  finding: CheckFinding,
): Omit<NewStep, 'stage' | 'check'> {
  const { reason, evidence = {}, reply } = finding;
  const statusClass = action === 'refuse' ? '5' : '4';
  const told = isTold(action) ? { status: `${statusClass}.${reply.detail}` } : {};
  return {
    outcome: 'finding',
    action: action === 'off' ? 'note' : action,
    ...(score === 0 ? {} : { score }),
    ...told,
    reason,
    evidence: excepted === undefined ? evidence : { ...evidence, excepted },
  };
}

function isTold(action: CheckAction): boolean {
  return action === 'refuse' || action === 'defer' || action === 'greylist';
}
