import { decideDisposition } from '#mailauth/dmarc/dmarc-disposition.ts';
import type { DmarcDisposition } from '#mailauth/dmarc/dmarc-disposition.ts';
import { check } from '../../check.ts';
import type { FactTable } from '../../fact-table.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import { furtherFindings, hangsOnSignature } from '../../further-findings.ts';
import type { CheckAction } from '../../stage.ts';

/**
 * DMARC (P-21): what the author's domain wants of mail that nothing proves. `reject` refuses only with a further finding;
 * alone, or with signs of an indirect way, the message goes to Junk (I-45, C-11). Where such a sign, or the only further
 * finding, hangs on a question that was not answered, the message is put off: it is neither lost nor let in.
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
  reads: [
    'dmarc',
    'spf',
    'dkim',
    'iprev',
    'clientLists',
    'nameLists',
    'lookAlike',
    'indirect',
    'indirectOpen',
    'namedSender',
  ],
  judge(facts): Judgement {
    const { dmarc: outcome, indirect, indirectOpen, namedSender } = facts;
    if (outcome === undefined || outcome.result === 'none') return silent;
    const evidence = { domain: outcome.authorDomain, policy: outcome.policy?.wanted, reason: outcome.reason };
    if (outcome.result === 'pass')
      return { kind: 'pass', reason: "the author's domain vouches for it", evidence };
    if (outcome.result !== 'fail') return { kind: 'unknown', reason: outcome.reason, evidence };
    const further = furtherFindings(facts);
    const { disposition, why } = decideDisposition(outcome, {
      furtherFindings: further,
      indirectSigns: indirect,
      localOverride:
        namedSender.author === undefined ? undefined : { type: 'local_policy', reason: namedSender.author },
    });
    const open = openWords(facts, further);
    return {
      kind: 'finding',
      reason: disposition === 'reject' && open !== undefined ? `${why}; ${open}` : why,
      evidence: { ...evidence, further, indirect, indirectOpen, named: namedSender.author },
      reply: {
        detail: '7.1',
        text: `${outcome.authorDomain} asks by DMARC to refuse mail that it does not vouch for`,
      },
      atMost: actionOf(disposition, open !== undefined),
    };
  },
});

/** What a refusal has to wait for. */
function openWords(
  { indirectOpen, namedSender }: Pick<FactTable, 'indirectOpen' | 'namedSender'>,
  further: readonly string[],
): string | undefined {
  if (indirectOpen.length > 0) return `whether it came by ${indirectOpen.join(', ')} could not be asked`;
  if (namedSender.open) return 'whether it is of a named sender could not be asked';
  return hangsOnSignature(further) ? 'the keys of its signatures could not be asked' : undefined;
}

function actionOf(disposition: DmarcDisposition['disposition'], isOpen: boolean): CheckAction {
  if (disposition === 'reject') return isOpen ? 'defer' : 'refuse';
  return disposition === 'quarantine' ? 'junk' : 'note';
}
