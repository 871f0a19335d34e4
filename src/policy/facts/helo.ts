import { parseClientAddress } from '#base/client-address.ts';
import { parseAddressLiteral } from '#mail/address-literal.ts';
import { parseDomain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { Fact } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import type { HeloFact } from '../fact-table.ts';

/** P-16: what the name after HELO or EHLO tells without asking anybody (RFC 5321 §4.1.1.1, §4.1.3). */
export const heloFact: Fact<'helo'> = {
  name: 'helo',
  stage: 'helo',
  asks: 'nobody',
  compute: (sources) =>
    sources.helo.startsWith('[') ? literal(sources, sources.helo) : named(sources, sources.helo),
  // The session says the name; worth a line is only what is odd about it.
  record: (fact) =>
    fact.kind === 'name' && fact.claims === undefined ? undefined : { kind: fact.kind, claims: fact.claims },
};

function literal({ client, isClientUnknown, own }: FactSources, text: string): HeloFact {
  const name = cleanForeignText(text);
  const parsed = parseAddressLiteral(text);
  const address = parsed.ok ? addressOf(parsed.value) : undefined;
  if (address === undefined) return { name, kind: 'invalid', claims: undefined, foreignLiteral: false };
  const claims = own.isOwnAddress(address) ? 'own-address' : undefined;
  return { name, kind: 'literal', claims, foreignLiteral: isClientUnknown !== true && address !== client };
}

function addressOf(text: string): string | undefined {
  return parseClientAddress(text.slice(1, -1).replace(/^IPv6:/, ''));
}

function named({ own }: FactSources, text: string): HeloFact {
  // Some write the root's dot; underscores occur in names of machines.
  const domain = parseDomain(text.replace(/\.$/, '').replaceAll('_', '-'));
  const plain = text.replace(/\.$/, '').toLowerCase();
  const name = cleanForeignText(text);
  if (!domain.ok) return { name, kind: 'invalid', claims: claimOfAddress(own, text), foreignLiteral: false };
  const kind = plain.includes('.') ? 'name' : 'single-label';
  return { name, kind, claims: claimOfName(own, plain), foreignLiteral: false };
}

function claimOfName(own: FactSources['own'], name: string): HeloFact['claims'] {
  if (name === own.hostname) return 'hostname';
  return own.isOwnDomain(name) ? 'own-domain' : undefined;
}

/** An address without its brackets is no name; whose it is counts all the same. */
function claimOfAddress(own: FactSources['own'], text: string): HeloFact['claims'] {
  const address = parseClientAddress(text);
  return address !== undefined && own.isOwnAddress(address) ? 'own-address' : undefined;
}
