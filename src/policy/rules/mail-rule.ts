import type { ReadCondition } from './rule-condition.ts';

/** What a rule does with mail that fits; the first that fits decides, but for `note`, which only tells. */
export const ruleActions = ['accept', 'note', 'junk', 'defer', 'refuse'] as const;
export type RuleAction = (typeof ruleActions)[number];

/** One word of a rule: `sender=example.org` or `client!=192.0.2.0/24`. */
export interface RuleTerm extends ReadCondition {
  readonly condition: string;
  readonly negated: boolean;
}

/** What an administrator has decided about certain mail (I-89). */
export interface MailRule {
  readonly name: string;
  readonly action: RuleAction;
  /** Lower comes first; among equals the older. */
  readonly priority: number;
  /** Those of one condition are alternatives; all conditions have to hold. */
  readonly terms: readonly RuleTerm[];
  /** Why, for those who look later; one line. */
  readonly reason: string | undefined;
  /** Wall clock. */
  readonly sinceMs: number;
  /** `undefined`: until it is removed. */
  readonly untilMs: number | undefined;
}

export function isRuleLive({ untilMs }: MailRule, nowMs: number): boolean {
  return untilMs === undefined || untilMs > nowMs;
}

/** As it is typed. */
export function spellTerm({ condition, negated, value }: RuleTerm): string {
  return `${condition}${negated ? '!=' : '='}${value}`;
}

/** Does it say of whom its mail is to? Then it means postmaster and abuse too. */
export function namesRecipient({ terms }: MailRule): boolean {
  return terms.some(({ condition, negated }) => condition === 'recipient' && !negated);
}
