import { isByPolicy } from '#policy/replay-record.ts';
import type { OwnNames } from '#policy/own-names.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import type { WhatWouldChange } from '#policy/what-if/what-would-change.ts';
import { whatWouldChange } from '#policy/what-if/what-would-change.ts';
import { tellAdministrator, tellRecipient, tellSender } from '#policy/what-if/tell-changes.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { TraceAudience } from '#trace/trace-view.ts';
import { intakeAdvice } from './intake-advice.ts';

export interface Explained {
  readonly what: WhatWouldChange | undefined;
  /** For those whom the view is for. */
  readonly lines: readonly string[];
}

/** What would have changed a verdict, in the words that each may hear (N-2). */
export async function explainTrace(
  record: TraceRecord,
  {
    audience,
    ...policy
  }: { readonly audience: TraceAudience; readonly values: PolicyValues; readonly own: OwnNames },
): Promise<Explained> {
  const what = await whatWouldChange(record, policy);
  return { what, lines: tell[audience](record, what) };
}

type Tell = (record: TraceRecord, what: WhatWouldChange | undefined) => readonly string[];

const tell: Readonly<Record<TraceAudience, Tell>> = {
  admin: (record, what) => {
    const lines = what === undefined ? elsewhere(record) : tellAdministrator(what);
    return lines.map((line) => `  change     ${line}`);
  },
  recipient: (_, what) => (what === undefined ? [] : tellRecipient(what)),
  sender: (record, what) => {
    const advice = what === undefined ? fromIntake(record) : tellSender(what);
    return advice.length === 0 ? [] : ['What you can do:', ...advice.map((line) => `  ${line}`)];
  },
};

function elsewhere(record: TraceRecord): readonly string[] {
  const { kind, session, verdict } = record;
  if (session.role !== 'mx' || (kind !== 'message' && kind !== 'attempt')) return [];
  if (isByPolicy(record))
    return ['It cannot be judged again: this version reads other facts than its record holds.'];
  return [`No setting of policy would have changed it: "${verdict.by}" decided.`];
}

function fromIntake({ verdict: { action, by } }: TraceRecord): readonly string[] {
  const advice = action === 'refuse' || action === 'defer' ? adviceFor(by) : undefined;
  return advice === undefined ? [] : [advice];
}

function adviceFor(by: string): string | undefined {
  return Object.entries(intakeAdvice).find(([check]) => check === by)?.[1];
}
