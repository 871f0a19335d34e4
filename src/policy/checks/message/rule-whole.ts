import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import { ruleReason } from '../../rules/rule-word.ts';
import { ruleReply } from '../connect/rule.ts';

/** The administrator's rules, as far as only the whole message tells: its size, and what becomes Junk. */
export const ruleWhole = check({
  name: 'rule-whole',
  stage: 'message',
  class: 'authentication',
  meaning: 'No rule of this server speaks against the whole message.',
  requirements: ['I-89'],
  source: 'I-89',
  action: 'refuse',
  weight: 0,
  reads: ['rule'],
  judge({ rule: word }) {
    if (word === undefined || word.at !== 'message') return silent;
    if (word.action === 'note' || word.action === 'accept') return silent;
    const reason = ruleReason(word);
    return { kind: 'finding', reason, evidence: { rule: word.name }, reply: ruleReply, atMost: word.action };
  },
});
