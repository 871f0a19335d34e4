import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseDomain } from '#mail/domain.ts';
import type { FactReader } from './fact.ts';
import { isWithin } from './way-proof.ts';

const description = 'an address, a network like "192.0.2.0/24", or a domain like "example.org"';

/**
 * Whom an entry means. A network means the client. A domain means a client whose confirmed reverse name lies in it, or a
 * sender of it with an SPF pass: neither can be claimed by just anybody.
 */
export const exceptionKind: Kind<string> = {
  description,
  read(value) {
    const text = typeof value === 'string' ? value.trim() : '';
    const network = parseNetwork(text);
    if (network !== undefined) return ok(network);
    const domain = parseDomain(text, { allowUnicode: true });
    return domain.ok ? ok(domain.value) : err(problem(`must be ${description}, not ${shown(value)}`));
  },
  fromText: (text) => text.trim(),
  write: (value) => value,
};

/** The first entry that means this client, for a client of whom nobody may be asked. */
export function networkEntryFor(entries: readonly string[], address: string): string | undefined {
  const client = parseClientAddress(address);
  if (client === undefined) return undefined;
  return entries.find((entry) => entry.includes('/') && networkSet([entry as Network]).has(client));
}

/** The entry that means this client or its sender, if one does. */
export async function isProven(entries: readonly string[], facts: FactReader): Promise<string | undefined> {
  if (entries.length === 0) return undefined;
  const { address } = await facts.read('client');
  const network = networkEntryFor(entries, address);
  const domains = entries.filter((entry) => !entry.includes('/'));
  if (network !== undefined || domains.length === 0) return network;
  const [iprev, spf] = await Promise.all([facts.read('iprev'), facts.read('spf')]);
  const names = [iprev.name, spf.result === 'pass' && spf.identity === 'mailfrom' ? spf.domain : undefined];
  return domains.find((domain) => names.some((name) => name !== undefined && isWithin(name, domain)));
}
