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

/**
 * Whether something could have proven the author's domain that was not answered: it passed or was not answered itself,
 * and may belong to that domain. A stranger's signature or sender could not, whatever the DNS would have said.
 */
export function couldBeProven(dmarc: DmarcOutcome): boolean {
  const { spf, dkim, authorDomain, organizationalDomain, publicSuffix } = dmarc;
  const tree = organizationalDomain ?? publicSuffix.organizationalDomain ?? authorDomain;
  return [...(spf === undefined ? [] : [spf]), ...dkim].some(
    ({ result, domain }) =>
      (result === 'pass' || result === 'temperror') && (domain === tree || domain?.endsWith(`.${tree}`)),
  );
}
