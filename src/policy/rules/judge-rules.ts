import type { Holds } from './rule-condition.ts';
import type { RuleFacts } from './rule-facts.ts';
import { namesRecipient } from './mail-rule.ts';
import type { MailRule, RuleTerm } from './mail-rule.ts';

/** What rules say of one recipient's mail. */
export interface RuleOutcome {
  /** The first that fits; `undefined`: none does. */
  readonly decided: MailRule | undefined;
  /** Rules before it of which only the whole message will tell. */
  readonly open: readonly MailRule[];
  /** `note` rules that fit. */
  readonly notes: readonly MailRule[];
}

/** Goes through the rules in their order; facts only, so that the same can be asked of a record. */
export function judgeRules(rules: readonly MailRule[], facts: RuleFacts): RuleOutcome {
  const open: MailRule[] = [];
  const notes: MailRule[] = [];
  for (const rule of rules) {
    if (isSpared(rule, facts)) continue;
    const holds = ruleHolds(rule, facts);
    if (holds === false) continue;
    if (holds === undefined) open.push(rule);
    else if (rule.action === 'note') notes.push(rule);
    else return { decided: rule, open, notes };
  }
  return { decided: undefined, open, notes };
}

/** RFC 5321 §4.5.1, S-03: whoever is refused by mistake can still write to those who can mend it. */
function isSpared(rule: MailRule, { isReserved, direction }: RuleFacts): boolean {
  const keepsOut = rule.action === 'refuse' || rule.action === 'defer';
  return keepsOut && isReserved && direction === 'in' && !namesRecipient(rule);
}

export function ruleHolds({ action, terms }: MailRule, facts: RuleFacts): Holds {
  if (action === 'junk' && facts.direction === 'out') return false;
  const names = new Set(terms.map(({ condition }) => condition));
  let all: Holds = true;
  for (const name of names) {
    const holds = conditionHolds(
      terms.filter(({ condition }) => condition === name),
      facts,
    );
    if (holds === false) return false;
    if (holds === undefined) all = undefined;
  }
  return all;
}

/** One of those that are asked for, and none of those that are excluded. */
function conditionHolds(terms: readonly RuleTerm[], facts: RuleFacts): Holds {
  const wanted = terms.filter(({ negated }) => !negated).map((term) => term.holds(facts));
  const excluded = terms.filter(({ negated }) => negated).map((term) => term.holds(facts));
  if (excluded.includes(true)) return false;
  const some: Holds =
    wanted.length === 0 || wanted.includes(true) ? true : wanted.includes(undefined) ? undefined : false;
  return some === true && excluded.includes(undefined) ? undefined : some;
}
