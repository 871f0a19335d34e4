import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/** SPF of the HELO name (P-19): the domain says which hosts may call themselves so. Never more than a score: C-5. */
export const spfHelo = check({
  name: 'spf-helo',
  stage: 'message',
  class: 'authentication',
  meaning: 'The client may call itself by its HELO name, as that domain says by SPF.',
  requirements: ['P-19', 'C-5'],
  source: 'RFC 7208 §2.3',
  action: 'score',
  weight: 2,
  reads: ['heloSpf'],
  judge({ heloSpf }): Judgement {
    if (heloSpf === undefined || heloSpf.result === 'none') return silent;
    const { result, domain } = heloSpf;
    if (result === 'temperror') return { kind: 'unknown', reason: 'SPF of the HELO name could not be asked' };
    if (result !== 'fail') return { kind: 'pass', reason: `${result} for ${domain}` };
    return {
      kind: 'finding',
      reason: 'the domain of the HELO name does not know this client',
      evidence: { domain },
      reply: { detail: '7.23', text: `SPF of the HELO name ${domain} does not allow your address` },
    };
  },
});
