import type { FactName, FactTable } from './fact-table.ts';
import type { Judgement } from './judgement.ts';
import type { CheckAction, PolicyStage } from './stage.ts';

/** What kind of knowledge a check brings; allow lists lift some (P-26), and refusals tell of some less (P-17). */
export type CheckClass = 'envelope' | 'authentication' | 'list' | 'content';

/**
 * One check: a file of its own under `checks/<stage>/`, one line in the table `checks.ts`. It judges the values of the
 * facts that it names and nothing else: it cannot ask, reply, log or call another check, so that the same judgement can
 * be passed again on the record (N-3).
 */
export interface Check<N extends FactName = FactName> {
  /** Kebab-case; also the middle of its settings: `policy.iprev.action`. */
  readonly name: string;
  readonly stage: PolicyStage;
  readonly class: CheckClass;
  /** What it looks for, for the person who sets it. */
  readonly meaning: string;
  readonly requirements: readonly string[];
  /** Standard and section. */
  readonly source: string;
  readonly action: CheckAction;
  /** Points of a finding; Junk begins at `policy.junk_score`. */
  readonly weight: number;
  readonly reads: readonly N[];
  judge(this: void, facts: Pick<FactTable, N>): Judgement;
}

/** A check whose facts have been forgotten: the engine sees to it that those are there that it names, and its type that it reads no others. */
export type AnyCheck = Omit<Check, 'judge'> & { judge(this: void, facts: never): Judgement };

/** All have one shape, in whatever order they are written: each message goes through them many times. */
export function check<const N extends FactName>(row: Check<N>): AnyCheck {
  const { name, stage, class: kind, meaning, requirements, source, action, weight, reads, judge } = row;
  return { name, stage, class: kind, meaning, requirements, source, action, weight, reads, judge };
}
