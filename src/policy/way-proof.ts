import type { FactReader } from './fact.ts';

/** The name is the domain, or lies below it. */
export function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/**
 * Whether a domain among these could have been proven by something that was not answered: the client's reverse name, SPF
 * of a sender of it, a signature of it. Networks need no answer.
 */
export async function wasUnanswered(proofs: readonly string[], facts: FactReader): Promise<boolean> {
  const domains = proofs.filter((proof) => !proof.includes('/'));
  if (domains.length === 0) return false;
  const [iprev, spf, { outcomes }] = await Promise.all([
    facts.read('iprev'),
    facts.read('spf'),
    facts.read('dkim'),
  ]);
  if (iprev.finding === 'unanswered') return true;
  const open = [...(spf.identity === 'mailfrom' ? [spf] : []), ...outcomes].flatMap(({ result, domain }) =>
    result === 'temperror' && domain !== undefined ? [domain] : [],
  );
  return domains.some((domain) => open.some((name) => isWithin(name, domain)));
}
