import { check } from '../../check.ts';
import type { FactTable } from '../../fact-table.ts';
import { pass } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import { signerOf } from '../../signer-of.ts';

/**
 * SPF (P-19). A fail alone refuses only where nothing else can vouch (C-6): no valid signature of the sender's or the
 * author's domain, no DMARC policy that says what to do, no forwarder that this server's users named. Everything short
 * of a fail scores at most; so does a fail of the HELO name, which is all that a bounce has (C-5).
 */
export const spf = check({
  name: 'spf',
  stage: 'message',
  class: 'authentication',
  meaning: 'The client may send for the domain of MAIL FROM.',
  requirements: ['P-19', 'I-35', 'I-36', 'I-37', 'C-6'],
  source: 'RFC 7208',
  action: 'refuse',
  weight: 5,
  reads: ['client', 'spf', 'dkim', 'dmarc', 'author', 'indirect', 'namedSender'],
  judge(facts): Judgement {
    const { result, identity, domain, evidence } = facts.spf;
    const shown = { identity, domain, matched: evidence.matched, problem: evidence.problem };
    switch (result) {
      case 'pass':
        return { ...pass, evidence: shown };
      case 'none':
      case 'neutral':
        return { kind: 'pass', reason: `the domain says nothing of it (${result})`, evidence: shown };
      case 'temperror':
        return { kind: 'unknown', reason: 'SPF could not be asked', evidence: shown };
      case 'permerror':
        return weak(facts, { reason: "the SPF record of the sender's domain is broken", share: 0.2, shown });
      case 'softfail':
        return weak(facts, {
          reason: "the sender's domain doubts this client (softfail)",
          share: 0.4,
          shown,
        });
      default:
        return fail(facts, shown);
    }
  },
});

type SpfFacts = Pick<FactTable, 'client' | 'spf' | 'dkim' | 'dmarc' | 'author' | 'indirect' | 'namedSender'>;

interface Weak {
  readonly reason: string;
  readonly share: number;
  readonly shown: Readonly<Record<string, unknown>>;
}

function weak(facts: SpfFacts, { reason, share, shown }: Weak): Judgement {
  return { kind: 'finding', reason, evidence: shown, reply: spfReply(facts), share, atMost: 'score' };
}

function fail(facts: SpfFacts, shown: Readonly<Record<string, unknown>>): Judgement {
  const vouched =
    facts.spf.identity === 'helo' ? 'it is a bounce, and HELO alone never refuses' : vouchedBy(facts);
  const finding = {
    kind: 'finding',
    reason: "the sender's domain does not let this client send for it",
    reply: spfReply(facts),
  } as const;
  if (vouched === undefined) return { ...finding, evidence: shown };
  return { ...finding, evidence: { ...shown, vouched }, atMost: 'score', share: 0.4 };
}

/** Who else can say that the message is genuine (C-6). */
function vouchedBy(facts: SpfFacts): string | undefined {
  const { spf, dkim, dmarc, author, indirect, namedSender } = facts;
  const { domain } = spf;
  if (namedSender.sender !== undefined) return `the named sender ${namedSender.sender}`;
  const domains = [domain, ...(author.author.kind === 'domain' ? [author.author.domain] : [])];
  const signer = signerOf(dkim, 'pass', domains);
  if (signer !== undefined) return `a valid signature of ${signer}`;
  const forwarder = indirect.find((sign) => sign.kind === 'named-forwarder');
  if (forwarder !== undefined) return `the named forwarder ${forwarder.who}`;
  if (dmarc?.policy !== undefined) return 'the DMARC policy decides';
  // Not knowing is not the same as knowing that there is none.
  if (dmarc?.result === 'temperror') return 'the DMARC policy could not be asked';
  const unasked = signerOf(dkim, 'temperror', domains);
  return unasked === undefined ? undefined : `a signature of ${unasked} that could not be asked`;
}

/** I-37: which identity, which address, and the domain's own words. */
export function spfReply({
  client,
  spf: { identity, domain, explanation },
}: Pick<FactTable, 'client' | 'spf'>): {
  readonly detail: '7.23';
  readonly text: string;
} {
  const which = identity === 'helo' ? 'HELO name' : 'sender domain';
  const words = explanation === undefined ? '' : `; ${domain} says: ${explanation}`;
  return {
    detail: '7.23',
    text: `SPF of the ${which} ${domain} does not allow ${client.address} (see https://www.rfc-editor.org/rfc/rfc7208)${words}`,
  };
}
