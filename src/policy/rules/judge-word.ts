import type { Judgement } from '../judgement.ts';
import { silent } from '../judgement.ts';
import { ruleReason } from './rule-word.ts';
import type { RuleWord } from './rule-word.ts';

/** P-17: which rule it is, the trace tells. */
const reply = { detail: '7.1', text: 'this mail is not accepted here' } as const;

/** What the rule that decides comes to, if it could be told `at` this time; who accepts does so at RCPT or never. */
export function judgeWord(word: RuleWord | undefined, at: RuleWord['at']): Judgement {
  if (word === undefined || word.at !== at || word.action === 'note') return silent;
  const told = { reason: ruleReason(word), evidence: { rule: word.name } };
  if (word.action === 'accept') return at === 'rcpt' ? { kind: 'vouch', ...told } : silent;
  return { kind: 'finding', ...told, reply, atMost: word.action };
}
