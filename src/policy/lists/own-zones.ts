import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseDomain } from '#mail/domain.ts';
import { addressListDefaults, domainListDefaults } from './dns-list.ts';
import type { DnsList } from './dns-list.ts';

/** As `ownZoneKind` reads it. */
export type OwnZone = string;

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
export function ownAddressList(zone: OwnZone): DnsList {
  return { ...addressListDefaults, ...plain, takesIpv6: true, ...namedBy(zone) };
}

export function ownDomainList(zone: OwnZone): DnsList {
  return { ...domainListDefaults, ...plain, uses: ['names', 'links'], ...namedBy(zone) };
}

/** The zone without the place of its key is the name of the list: no key can stand in it. */
function namedBy(text: OwnZone): Pick<DnsList, 'name' | 'title' | 'zone' | 'keyed' | 'needsKey'> {
  const place = keyPlace(text);
  if (place === undefined) return { name: text, title: text, zone: text };
  const { key, zone } = place;
  return { name: zone, title: zone, zone, keyed: { zone: `{key}.${zone}`, key }, needsKey: true };
}

/** `{name}.zone`: the key of that name stands in front of the zone (I-33). */
export function keyPlace(text: string): { readonly key: string; readonly zone: string } | undefined {
  const [, key, zone] = /^\{([a-z0-9-]{1,32})\}\.(.+)$/.exec(text) ?? [];
  return key === undefined || zone === undefined ? undefined : { key, zone };
}

const description =
  'a zone like "bl.example.net", or "{name}.bl.example.net", where "{name}" stands for a key that is kept apart ("postern lists key name")';

/** A list of an administrator's own. The key itself never stands here, where everybody would see it. */
export const ownZoneKind: Kind<OwnZone> = {
  description,
  read(value) {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    const place = keyPlace(text);
    const zone = parseDomain(place?.zone ?? text, { allowUnicode: true });
    if (!zone.ok || !isOwnZone(zone.value))
      return err(problem(`must be ${description}, not ${shown(value)}`));
    return ok(place === undefined ? zone.value : `{${place.key}}.${zone.value}`);
  },
  fromText: (text) => text.trim(),
  write: (value) => value,
};

/** Zones have a dot in their name, ready-made lists have none. */
export function isOwnZone(list: string): boolean {
  return list.includes('.');
}
