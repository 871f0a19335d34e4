import { parseClientAddress } from '#base/client-address.ts';
import { domainBytesMax } from '#mail/domain.ts';
import { addressBytes, addressLabels } from '#mailauth/address-bytes.ts';
import type { DnsList } from './dns-list.ts';

/**
 * The name under which a list has its word on an address or a domain (RFC 5782 §2.1, §2.4, §3). `undefined`: it does not
 * take such a subject. Where a key is used, `{name}` stands for it: it enters only below where questions are written
 * down (`with-list-keys.ts`).
 */
export function listQuestion(
  list: DnsList,
  subject: string,
  { hasKey }: { readonly hasKey: (name: string) => boolean },
): string | undefined {
  const labels = labelsOf(list, subject);
  if (labels === undefined) return undefined;
  const name = `${labels}.${zoneOf(list, hasKey)}`;
  return name.length <= domainBytesMax ? name : undefined;
}

/** The zone as questions are written down: with the name of the key for the key. */
export function keyedSuffix({ zone, key }: NonNullable<DnsList['keyed']>): string {
  return zone.replace('{key}', `{${key}}`);
}

function zoneOf({ zone, keyed }: DnsList, hasKey: (name: string) => boolean): string {
  return keyed !== undefined && hasKey(keyed.key) ? keyedSuffix(keyed) : zone;
}

function labelsOf({ takesAddresses, takesIpv6 }: DnsList, subject: string): string | undefined {
  const address = parseClientAddress(subject);
  const bytes = address === undefined ? undefined : addressBytes(address);
  if (bytes === undefined) return subject;
  const takes = bytes.length === 4 ? takesAddresses : takesIpv6;
  return takes ? addressLabels(bytes).toReversed().join('.') : undefined;
}
