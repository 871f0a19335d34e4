import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import { provesAllowed } from '../../local-lists/proves-allowed.ts';

/**
 * Sender or author on the allow list, once a signature, SPF or DMARC has proven them (P-26). A forged name gains nothing,
 * and the trace says so.
 */
export const allowlist = check({
  name: 'allowlist',
  stage: 'message',
  class: 'list',
  meaning: 'A sender or author on the local allow list, proven, is spared lists, greylisting and scores.',
  requirements: ['P-26'],
  source: 'P-26',
  action: 'note',
  weight: 0,
  reads: ['localSender', 'localAuthor', 'spf', 'dkim', 'dmarc'],
  judge(facts): Judgement {
    const allow = facts.localAuthor.allow ?? facts.localSender.allow;
    if (allow === undefined) return silent;
    const proof = provesAllowed(facts);
    const evidence = { allow, proof };
    return proof === undefined
      ? {
          kind: 'pass',
          reason:
            'the local allow list has such a sender, but nothing proves this one: it counts for nothing',
          evidence: { allow },
        }
      : { kind: 'vouch', reason: `the local allow list has it, and it is proven: ${proof}`, evidence };
  },
});
