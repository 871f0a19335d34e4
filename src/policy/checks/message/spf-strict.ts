import { check } from '../../check.ts';
import { pass, silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import { spfReply } from './spf.ts';

/** For those who want every SPF fail refused, whoever else vouches (C-6): forwarded mail is lost by it. */
export const spfStrict = check({
  name: 'spf-strict',
  stage: 'message',
  class: 'authentication',
  meaning: 'No message comes from a client that SPF does not allow, whoever else vouches for it.',
  requirements: ['C-6'],
  source: 'RFC 7208 §8.4',
  action: 'off',
  weight: 10,
  reads: ['client', 'spf'],
  judge(facts): Judgement {
    const { result, domain } = facts.spf;
    if (result === 'pass') return pass;
    if (result !== 'fail') return silent;
    const reason = "the sender's domain does not let this client send for it";
    return { kind: 'finding', reason, evidence: { domain }, reply: spfReply(facts) };
  },
});
