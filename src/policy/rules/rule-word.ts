import { milder } from '../stage.ts';
import type { CheckAction } from '../stage.ts';
import type { MailRule } from './mail-rule.ts';

/** The rule that decides about a message, as checks see it and records keep it. */
export interface RuleWord {
  readonly name: string;
  /** What is done for it; milder than the rule says where `policy.rule.action` is. */
  readonly action: 'accept' | 'note' | 'junk' | 'defer' | 'refuse';
  /** When it could be told. */
  readonly at: 'rcpt' | 'message';
  readonly reason?: string;
}

export function ruleWord(
  { name, action, reason }: MailRule,
  { ceiling, at }: { readonly ceiling: CheckAction; readonly at: RuleWord['at'] },
): RuleWord {
  const done = bounded(action, ceiling);
  return { name, action: done, at, ...(reason === undefined ? {} : { reason }) };
}

function bounded(action: MailRule['action'], ceiling: CheckAction): RuleWord['action'] {
  if (action === 'accept') return ceiling === 'off' || ceiling === 'note' ? 'note' : 'accept';
  const done = milder(action, ceiling);
  switch (done) {
    case 'junk':
    case 'defer':
    case 'refuse':
      return done;
    case 'greylist':
      return 'defer';
    default:
      return 'note';
  }
}

/** What stands in the trace. */
export function ruleReason({ name, reason }: Pick<RuleWord, 'name' | 'reason'>): string {
  return reason === undefined ? `rule ${name}` : `rule ${name}: ${reason}`;
}
