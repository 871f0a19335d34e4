import { check } from '../../check.ts';
import { judgeWord } from '../../rules/judge-word.ts';

/**
 * The administrator's rules, as far as they are told at RCPT. One that accepts lifts what an allow entry lifts, and
 * nothing else (P-26); the others have refused before this is asked, but on a record (N-3).
 */
export const rule = check({
  name: 'rule',
  stage: 'connect',
  class: 'envelope',
  meaning:
    'No rule of this server (`postern rules`) speaks against the mail; its action is the most that rules do.',
  requirements: ['I-89'],
  source: 'I-89',
  action: 'refuse',
  weight: 0,
  reads: ['rule'],
  judge: ({ rule: word }) => judgeWord(word, 'rcpt'),
});
