import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** A sender on the allow list counts only with proof: here that of SPF, later also a signature or DMARC (P-26). */
export const allowlistSender = check({
  name: 'allowlist-sender',
  stage: 'mail',
  class: 'list',
  meaning: 'A sender on the local allow list, proven by SPF, is spared lists, greylisting and scores.',
  requirements: ['P-26'],
  source: 'P-26',
  action: 'note',
  weight: 0,
  reads: ['localSender', 'spf'],
  judge({ localSender: { allow }, spf }) {
    if (allow === undefined || spf.result !== 'pass' || spf.identity !== 'mailfrom') return silent;
    return {
      kind: 'vouch',
      reason: 'the sender is on the local allow list, and SPF proves its domain',
      evidence: { allow },
    };
  },
});
