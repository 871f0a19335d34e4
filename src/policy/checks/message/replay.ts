import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** A message to a large list of our users reaches as many at once; beyond, one signature is being sent around. */
export const replayRecipientsMin = 100;

/** One signed message sent again and again lives on its signer's good name (RFC 6376 §8.6). */
export const replay = check({
  name: 'replay',
  stage: 'message',
  class: 'authentication',
  meaning: 'One DKIM signature does not reach ever more recipients.',
  requirements: ['P-20'],
  source: 'RFC 6376 §8.6',
  action: 'score',
  weight: 4,
  reads: ['replay'],
  judge({ replay: { recipients, domain } }) {
    if (recipients < replayRecipientsMin) return silent;
    return {
      kind: 'finding',
      reason: 'one and the same signed message reaches ever more recipients',
      evidence: { domain, recipients },
      reply: { detail: '7.1', text: 'this message has been seen too often' },
      atMost: 'greylist',
    };
  },
});
