import type { AnyCheck } from '#policy/check.ts';
import type { PolicyValues } from '#policy/policy-values.ts';

/** A check with what it is set to. */
export function showCheck(row: AnyCheck, values: PolicyValues) {
  const { action, weight, except } = values.check(row.name);
  return {
    name: row.name,
    stage: row.stage,
    meaning: row.meaning,
    action,
    defaultAction: row.action,
    weight,
    defaultWeight: row.weight,
    except,
    source: row.source,
    requirements: row.requirements,
    facts: row.reads,
  };
}

export type ShownCheck = ReturnType<typeof showCheck>;

/** What an action does, in words. */
export const actionWords = {
  off: 'is not looked at',
  note: 'is only noted',
  score: 'counts against the message',
  junk: 'goes to the Junk folder',
  greylist: 'is put off once when the sender is unknown',
  defer: 'is put off for now',
  refuse: 'is refused',
  discard: 'is taken and thrown away',
} as const;
