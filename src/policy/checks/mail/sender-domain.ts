import { check } from '../../check.ts';
import { pass, silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/** A sender whom nobody can answer: the domain is not there, or says itself that it takes no mail. */
export const senderDomain = check({
  name: 'sender-domain',
  stage: 'mail',
  class: 'envelope',
  meaning: 'The domain of MAIL FROM exists and takes mail.',
  requirements: ['P-17', 'S-04'],
  source: 'RFC 5321 §5.1, RFC 7505 §4.2',
  action: 'refuse',
  weight: 4,
  reads: ['senderDomain'],
  judge({ senderDomain: { domain, found, failure } }): Judgement {
    const evidence = { domain };
    switch (found) {
      case 'no-domain':
        return silent;
      case 'takes-mail':
        return pass;
      case 'unanswered': {
        const reason = `the sender's domain could not be asked: ${failure ?? 'no answer'}`;
        return { kind: 'unknown', reason, evidence };
      }
      case 'missing':
        return {
          kind: 'finding',
          reason: "the sender's domain does not exist",
          evidence,
          reply: { detail: '1.8', text: `the domain of your sender address does not exist: ${domain}` },
        };
      case 'null-mx':
        return {
          kind: 'finding',
          reason: "the sender's domain says that it takes no mail",
          evidence,
          // RFC 7505 §4.2.
          reply: { detail: '7.27', text: `the domain of your sender address takes no mail: ${domain}` },
        };
      default:
        return {
          kind: 'finding',
          reason: "the sender's domain has neither mail exchanger nor address",
          evidence,
          reply: { detail: '1.8', text: `the domain of your sender address cannot take replies: ${domain}` },
          atMost: 'score',
        };
    }
  },
});
