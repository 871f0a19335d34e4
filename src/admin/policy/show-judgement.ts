import { checks } from '#policy/checks.ts';
import type { GivenVerdict } from '#policy/judge-mail.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceStep } from '#trace/record.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import { counted, showColumns } from '../show.ts';

export interface Judged {
  readonly given: GivenVerdict;
  readonly trace: TraceBuilder;
  readonly values: PolicyValues;
}

/** What a message would meet, with all that the decision rests on. */
export function showJudgement({ given, trace, values }: Judged) {
  const { verdict, at, fields } = given;
  const { action, by, score, reason, reply } = verdict;
  const code = action === 'refuse' ? 550 : 451;
  const told =
    action === 'accept' || action === 'junk'
      ? null
      : `${code} ${(code / 100) | 0}.${reply.detail} ${reply.text}`;
  const record = trace.finish({
    kind: 'attempt',
    verdict: { action: recordedAction[action], by, score, status: '', text: reason },
  });
  return {
    action,
    by,
    at,
    score,
    reason,
    reply: told,
    thresholds: { greylist: values.greylistScore, junk: values.junkScore, refuse: values.refuseScore },
    steps: record.steps,
    facts: record.facts,
    asked: record.asked,
    authenticationResults: fields,
  };
}

const recordedAction = {
  accept: 'accept',
  junk: 'quarantine',
  greylist: 'defer',
  defer: 'defer',
  refuse: 'refuse',
} as const;

type Shown = ReturnType<typeof showJudgement>;

/** A screen for a person who does not know the standards. */
export function renderJudgement(shown: Shown): readonly string[] {
  const ms = shown.asked.reduce((most, { ms: one }) => Math.max(most, one), 0);
  return [
    verdictWords(shown),
    ...(shown.reply === null ? [] : [`The sender would hear:  ${shown.reply}`]),
    '',
    ...showColumns(shown.steps.map(stepRow)),
    '',
    pointsWords(shown),
    `${counted(shown.asked.length, 'question')} to the DNS, the longest ${Math.round(ms)} ms. Nothing was delivered or remembered.`,
  ];
}

function verdictWords({ action, by, reason, at }: Shown): string {
  const why =
    by === 'score'
      ? 'because several things speak against it'
      : `because ${cleanForeignText(reason)} (${by})`;
  const when = at === 'rcpt' ? 'before it is sent' : 'after it was sent';
  switch (action) {
    case 'accept':
      return 'This message would go to the inbox.';
    case 'junk':
      return `This message would go to the Junk folder, ${why}.`;
    case 'refuse':
      return `This message would be refused ${when}, ${why}.`;
    default:
      return `This message would be put off ${when}: the sending server is asked to come again, ${why}.`;
  }
}

const marks = { pass: 'ok', finding: '!!', error: '??', skipped: '--', off: '--' } as const;

function stepRow(step: TraceStep): readonly string[] {
  const points = step.score === undefined ? '' : `+${step.score}`;
  const action = step.outcome === 'finding' ? (step.action ?? '') : '';
  return [
    marks[step.outcome],
    stageWords[step.stage] ?? step.stage,
    step.check,
    action,
    points,
    cleanForeignText(step.reason ?? meaningOf(step.check)),
  ];
}

/** What is so when a check has nothing to say. */
function meaningOf(name: string): string {
  return checks.find((row) => row.name === name)?.meaning ?? '';
}

const stageWords: Readonly<Partial<Record<TraceStep['stage'], string>>> = {
  connect: 'who connects',
  helo: 'how it greets',
  mail: 'who sends',
  rcpt: 'to whom',
  message: 'the message',
};

function pointsWords({ score, thresholds }: Shown): string {
  return `${counted(score, 'point')}. Junk begins at ${thresholds.junk}, refusal at ${thresholds.refuse}; from ${thresholds.greylist} unknown servers are asked to come again.`;
}
