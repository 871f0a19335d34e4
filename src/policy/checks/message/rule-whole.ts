import { check } from '../../check.ts';
import { judgeWord } from '../../rules/judge-word.ts';

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
  judge: ({ rule: word }) => judgeWord(word, 'message'),
});
