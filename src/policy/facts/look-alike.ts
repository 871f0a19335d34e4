import { andThen } from '#base/and-then.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import type { Fact } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import type { AuthorFact, LookAlikeFact } from '../fact-table.ts';

const nothing: LookAlikeFact = { displayed: [] };

/** For whom a reader may take the author who reads only the name, or reads it in haste (I-45). */
export const lookAlikeFact: Fact<'lookAlike'> = {
  name: 'lookAlike',
  stage: 'message',
  asks: 'nobody',
  absent: () => nothing,
  compute: (sources, facts) => andThen(facts.read('author'), (author) => looksOf(author, sources)),
  record: (fact) => (fact.displayed.length === 0 && fact.own === undefined ? undefined : fact),
};

function looksOf({ author, own }: AuthorFact, { own: names, lookAlikes }: FactSources): LookAlikeFact {
  if (author.kind !== 'domain') return nothing;
  const house = registrableDomain(author.domain) ?? author.domain;
  const displayed = author.displayed.filter((domain) => (registrableDomain(domain) ?? domain) !== house);
  // Whoever writes in our name is judged for that (P-18).
  const resembled =
    own === undefined
      ? (displayed.find((domain) => names.isOwnDomain(domain)) ?? lookAlikes.of(author.domain))
      : undefined;
  return { displayed, ...(resembled === undefined ? {} : { own: resembled }) };
}
