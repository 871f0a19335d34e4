import type { MailRule, RuleAction } from './mail-rule.ts';
import { ruleActions, spellTerm } from './mail-rule.ts';
import { readTerms } from './read-terms.ts';

/** A rule as the store keeps it. */
export interface KeptRule extends Omit<MailRule, 'terms'> {
  readonly words: readonly string[];
}

export function keptRule({ terms, ...rule }: MailRule): KeptRule {
  return { ...rule, words: terms.map(spellTerm) };
}

/**
 * A rule as it was kept; `undefined` when it is none that this version can read as a whole: half of a rule would be
 * another rule.
 */
export function readKeptRule(value: unknown): { readonly key: string; readonly row: KeptRule } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Partial<Record<keyof KeptRule, unknown>>;
  const { name, priority, sinceMs, words } = given;
  const action = ruleActions.find((one) => one === given.action);
  if (action === undefined || typeof name !== 'string' || typeof sinceMs !== 'number') return undefined;
  if (typeof priority !== 'number' || !isWords(words) || !readTerms(action, words).ok) return undefined;
  const row: KeptRule = {
    name,
    action,
    priority,
    words,
    reason: typeof given.reason === 'string' ? given.reason : undefined,
    sinceMs,
    untilMs: typeof given.untilMs === 'number' ? given.untilMs : undefined,
  };
  return { key: name, row };
}

/** The rule of a row that was read. */
export function ruleOf({ words, ...row }: KeptRule): readonly MailRule[] {
  const terms = readTerms(row.action satisfies RuleAction, words);
  return terms.ok ? [{ ...row, terms: terms.value }] : [];
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
