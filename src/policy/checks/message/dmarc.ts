import { decideDisposition } from '#mailauth/dmarc/dmarc-disposition.ts';
import { check } from '../../check.ts';
import type { FactTable } from '../../fact-table.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * DMARC (P-21): what the author's domain wants of mail that nothing proves. `reject` refuses only with a further finding;
 * alone, or with signs of an indirect way, the message goes to Junk (I-45, C-11).
 */
export const dmarc = check({
  name: 'dmarc',
  stage: 'message',
  class: 'authentication',
  meaning: 'The author’s domain vouches for the message, by SPF or DKIM of the same domain.',
  requirements: ['P-21', 'I-43', 'I-44', 'I-45', 'C-11'],
  source: 'RFC 9989',
  action: 'refuse',
  weight: 5,
  reads: ['dmarc', 'spf', 'dkim', 'iprev', 'indirect'],
  judge(facts): Judgement {
    const { dmarc: outcome } = facts;
    if (outcome === undefined || outcome.result === 'none') return silent;
    const evidence = { domain: outcome.authorDomain, policy: outcome.policy?.wanted, reason: outcome.reason };
    if (outcome.result === 'pass')
      return { kind: 'pass', reason: 'the author’s domain vouches for it', evidence };
    if (outcome.result !== 'fail') return { kind: 'unknown', reason: outcome.reason, evidence };
    const further = furtherFindings(facts);
    const { disposition, why } = decideDisposition(outcome, {
      furtherFindings: further,
      indirectSigns: facts.indirect,
      localOverride: undefined,
    });
    return {
      kind: 'finding',
      reason: why,
      evidence: { ...evidence, further, indirect: facts.indirect },
      reply: {
        detail: '7.1',
        text: `${outcome.authorDomain} asks by DMARC to refuse mail that it does not vouch for`,
      },
      atMost: disposition === 'reject' ? 'refuse' : disposition === 'quarantine' ? 'junk' : 'note',
    };
  },
});

/** What else speaks against the message (I-45). What could not be asked does not. */
function furtherFindings({
  spf,
  dkim: { outcomes },
  iprev,
}: Pick<FactTable, 'spf' | 'dkim' | 'iprev'>): readonly string[] {
  const found: string[] = [];
  if (spf.result === 'fail') found.push('spf-fail');
  if (!outcomes.some(({ result }) => result === 'pass' || result === 'temperror')) found.push('no-signature');
  if (iprev.finding === 'unconfirmed' || iprev.finding === 'no-name') found.push('no-reverse-name');
  return found;
}
