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
  { labels, kind }: SubjectLabels,
  { hasKey }: { readonly hasKey: (name: string) => boolean },
): string | undefined {
  const takes = kind === 'domain' || (kind === 'ipv4' ? list.takesAddresses : list.takesIpv6);
  if (!takes) return undefined;
  const name = `${labels}.${zoneOf(list, hasKey)}`;
  return name.length <= domainBytesMax ? name : undefined;
}

/** What questions about an address or a domain begin with, the same for every list. */
export interface SubjectLabels {
  readonly labels: string;
  readonly kind: 'domain' | 'ipv4' | 'ipv6';
}

export function subjectLabels(subject: string): SubjectLabels {
  const address = parseClientAddress(subject);
  const bytes = address === undefined ? undefined : addressBytes(address);
  if (bytes === undefined) return { labels: subject, kind: 'domain' };
  const kind = bytes.length === 4 ? 'ipv4' : 'ipv6';
  return { labels: addressLabels(bytes).toReversed().join('.'), kind };
}

/** The zone as questions are written down: with the name of the key for the key. */
export function keyedSuffix({ zone, key }: NonNullable<DnsList['keyed']>): string {
  return zone.replace('{key}', `{${key}}`);
}

function zoneOf({ zone, keyed }: DnsList, hasKey: (name: string) => boolean): string {
  return keyed !== undefined && hasKey(keyed.key) ? keyedSuffix(keyed) : zone;
}
