import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { DkimIdentifier, SpfIdentifier } from '#mailauth/dmarc/dmarc-outcome.ts';

/** What DMARC needs to know of the signatures. */
export function dkimIdentifiers({ outcomes }: DkimReport): readonly DkimIdentifier[] {
  return outcomes.map(({ result, domain, selector }) => ({ result, domain, selector }));
}

/** … and of SPF, whose evidence stands in a fact of its own. */
export function spfIdentifier({ result, domain }: SpfIdentifier): SpfIdentifier {
  return { result, domain };
}
