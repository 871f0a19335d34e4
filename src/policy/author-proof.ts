import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';

/**
 * Whether the author's domain is proven: a DMARC pass, or, also where it publishes no policy, an identifier that passed
 * and is of the same domain.
 */
export function isAuthorProven(dmarc: DmarcOutcome | undefined): boolean {
  if (dmarc === undefined) return false;
  if (dmarc.result === 'pass') return true;
  const { spf, dkim, authorDomain } = dmarc;
  const passed = [...(spf === undefined ? [] : [spf]), ...dkim].filter(({ result }) => result === 'pass');
  return passed.some(({ domain }) => domain === authorDomain);
}
