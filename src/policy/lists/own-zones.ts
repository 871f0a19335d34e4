import type { Domain } from '#mail/domain.ts';
import { addressListDefaults, domainListDefaults } from './dns-list.ts';
import type { DnsList } from './dns-list.ts';

/** The checks that stand for zones that an administrator named. */
export const ownAddressLists = 'own-address-lists';
export const ownDomainLists = 'own-domain-lists';

const plain = {
  codes: { kind: 'any', meaning: { meaning: 'listed', share: 1 } },
  action: 'score',
  weight: 4,
  terms: 'Named by an administrator.',
  termsAt: '',
  lookUpAt: '',
} as const satisfies Partial<DnsList>;

/** A zone of addresses without more knowledge of it: any answer but an error is a hit. */
export function ownAddressList(zone: Domain): DnsList {
  return { ...addressListDefaults, ...plain, takesIpv6: true, name: zone, title: zone, zone };
}

export function ownDomainList(zone: Domain): DnsList {
  return { ...domainListDefaults, ...plain, uses: ['names', 'links'], name: zone, title: zone, zone };
}

/** Zones have a dot in their name, ready-made lists have none. */
export function isOwnZone(list: string): boolean {
  return list.includes('.');
}
