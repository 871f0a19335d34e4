import { allOf } from '#base/all-of.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { formatAuthenticationResults } from '#mailauth/authentication-results/format-authentication-results.ts';
import { resultsOf } from '#mailauth/authentication-results/results-of.ts';
import type { Domain } from '#mail/domain.ts';
import type { MessagePolicy } from './message-policy.ts';

export interface ResultFacts {
  readonly hostname: string;
  /** `undefined`: nobody knows it. */
  readonly client: ClientAddress | undefined;
}

/** The field in which readers find what was found out about a message (RFC 8601, I-48); none where nothing was asked. */
export async function resultFields(
  { facts, asksDns }: MessagePolicy,
  { hostname, client }: ResultFacts,
): Promise<string> {
  if (!asksDns) return '';
  const [iprev, spf, heloSpf, dkim, arc, dmarc, { author }] = await allOf([
    facts.read('iprev'),
    facts.read('spf'),
    facts.read('heloSpf'),
    facts.read('dkim'),
    facts.read('arc'),
    facts.read('dmarc'),
    facts.read('author'),
  ]);
  const from = author.kind === 'domain' ? author.domain : undefined;
  const results = resultsOf({
    ...(client === undefined ? {} : { iprev: { ...iprev, address: client } }),
    spf: heloSpf === undefined || heloSpf.result === 'none' ? [spf] : [spf, heloSpf],
    dkim,
    ...(arc.result === 'none' ? {} : { arc }),
    ...(dmarc === undefined ? {} : { dmarc: { ...dmarc, from } }),
  });
  return formatAuthenticationResults(hostname as Domain, results);
}
