import { check } from '../../check.ts';
import { pass } from '../../judgement.ts';

/** A mail server greets with a full name or an address literal (RFC 5321 §2.3.5); laptops and old devices do not. */
export const heloSyntax = check({
  name: 'helo-syntax',
  stage: 'helo',
  class: 'envelope',
  meaning: 'The name of HELO or EHLO is a full domain name or the client’s own address literal.',
  requirements: ['P-16'],
  source: 'RFC 5321 §2.3.5, §4.1.3',
  action: 'score',
  weight: 2,
  reads: ['helo'],
  judge({ helo }) {
    const wrong = helo.foreignLiteral
      ? "an address that is not the client's"
      : ({ 'single-label': 'no full domain name', invalid: 'neither a name nor an address' } as const)[
          helo.kind as 'single-label' | 'invalid'
        ];
    if (wrong === undefined) return pass;
    return {
      kind: 'finding',
      reason: `the client greets with ${wrong}`,
      evidence: { helo: helo.name },
      reply: { detail: '7.1', text: `your HELO name ${helo.name} is ${wrong}` },
    };
  },
});
