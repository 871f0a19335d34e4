import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/** What the signatures say (P-20). A broken one is no sign of spam: lists and footers break them (I-42). */
export const dkim = check({
  name: 'dkim',
  stage: 'message',
  class: 'authentication',
  meaning: 'A DKIM signature of the message is valid.',
  requirements: ['P-20', 'I-41', 'I-42', 'I-49'],
  source: 'RFC 6376',
  action: 'note',
  weight: 0,
  reads: ['dkim'],
  judge({ dkim: { outcomes } }): Judgement {
    if (outcomes.length === 0) return silent;
    const evidence = {
      signatures: outcomes.map(({ domain, selector, result, reason }) => ({
        domain,
        selector,
        result,
        reason,
      })),
    };
    const valid = outcomes.find(({ result }) => result === 'pass');
    if (valid !== undefined) return { kind: 'pass', reason: `signed by ${valid.domain ?? ''}`, evidence };
    if (outcomes.some(({ result }) => result === 'temperror')) {
      return { kind: 'unknown', reason: 'the key of a signature could not be asked', evidence };
    }
    return {
      kind: 'finding',
      reason: `no signature is valid: ${outcomes[0]?.detail ?? ''}`,
      evidence,
      reply: { detail: '7.20', text: 'no DKIM signature of the message is valid' },
    };
  },
});
