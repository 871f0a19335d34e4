import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import { ruleReason } from '../../rules/rule-word.ts';

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
  judge({ rule: word }) {
    if (word === undefined || word.at !== 'rcpt' || word.action === 'note') return silent;
    const reason = ruleReason(word);
    const evidence = { rule: word.name };
    if (word.action === 'accept') return { kind: 'vouch', reason, evidence };
    return { kind: 'finding', reason, evidence, reply: ruleReply, atMost: word.action };
  },
});

/** P-17: which rule it is, the trace tells. */
export const ruleReply = { detail: '7.1', text: 'this mail is not accepted here' } as const;
