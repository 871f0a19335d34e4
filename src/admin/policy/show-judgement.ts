import type { GivenMail, GivenVerdict } from '#policy/judge-mail.ts';
import type { OwnNames } from '#policy/own-names.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { tellAdministrator } from '#policy/what-if/tell-changes.ts';
import { whatWouldChange } from '#policy/what-if/what-would-change.ts';
import { formatAddress } from '#mail/address.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';

export interface Judged {
  readonly mail: GivenMail;
  readonly given: GivenVerdict;
  readonly trace: TraceBuilder;
  readonly values: PolicyValues;
  readonly own: OwnNames;
}

/** What a message would meet, with all that the decision rests on. */
export async function showJudgement({ mail, given, trace, values, own }: Judged) {
  const { verdict, at, fields } = given;
  const { action, by, score, reason, reply } = verdict;
  const code = action === 'refuse' ? 550 : 451;
  const told =
    action === 'accept' || action === 'junk' || action === 'discard'
      ? null
      : `${code} ${(code / 100) | 0}.${reply.detail} ${reply.text}`;
  const from = mail.from === undefined ? '' : formatAddress(mail.from);
  const record = trace.finish({
    kind: 'attempt',
    envelope: { from, to: [], sizeBytes: mail.bytes.byteLength },
    verdict: {
      action: recordedAction[action],
      by: action === 'accept' ? 'queue' : by,
      score,
      status: '',
      text: reason,
    },
  });
  const what = await whatWouldChange(record, { values, own });
  return {
    action,
    by,
    at,
    score,
    reason,
    reply: told,
    judged: { client: mail.client, helo: mail.helo, from },
    setting: action === 'accept' || by === 'score' ? null : settingOf(values, by),
    thresholds: { greylist: values.greylistScore, junk: values.junkScore, refuse: values.refuseScore },
    steps: record.steps,
    facts: record.facts,
    asked: record.asked,
    wouldChange: what === undefined ? [] : what.changes,
    wouldChangeWords: what === undefined ? [] : tellAdministrator(what),
    authenticationResults: fields,
  };
}

function settingOf(values: PolicyValues, by: string): string | null {
  return by === 'greylist' ? null : values.check(by).action;
}

const recordedAction = {
  accept: 'accept',
  junk: 'quarantine',
  greylist: 'defer',
  defer: 'defer',
  refuse: 'refuse',
  discard: 'discard',
} as const;

export type ShownJudgement = Awaited<ReturnType<typeof showJudgement>>;
