import type { Resolver } from '#platform/resolver.ts';
import { dnsLists } from './dns-lists.ts';
import { keyedSuffix } from './list-question.ts';
import { keyPlace } from './own-zones.ts';

/** Keys of premium lists by name; changes count at once. */
export interface ListKeys {
  get(name: string): string | undefined;
  /** The zones that an administrator named, with the places of keys in them; read for each name that has one. */
  readonly zones?: () => readonly string[];
}

/**
 * Puts the keys of lists into names that are asked for. It stands below whatever writes questions down, so that no key
 * comes into a trace or a log. Only at the end of a name that belongs to the list itself: others choose names too that
 * are asked for (`exists:{spamhaus}.evil.example` in an SPF record), and must not be told a key.
 */
export function withListKeys(resolver: Resolver, keys: ListKeys): Resolver {
  const named = (name: string): string => (name.includes('{') ? keyed(name, keys) : name);
  return { ask: (name, type, signal) => resolver.ask(named(name), type, signal) };
}

function keyed(name: string, keys: ListKeys): string {
  const place = [...places, ...ownPlaces(keys)].find(({ suffix }) => name.endsWith(`.${suffix}`));
  const key = place === undefined ? undefined : keys.get(place.key);
  if (place === undefined || key === undefined) return name;
  return name.slice(0, -place.suffix.length) + place.zone.replace('{key}', () => key);
}

interface KeyedPlace {
  readonly zone: string;
  readonly key: string;
  readonly suffix: string;
}

function ownPlaces({ zones }: ListKeys): readonly KeyedPlace[] {
  return (zones?.() ?? []).flatMap((text) => {
    const place = keyPlace(text);
    return place === undefined ? [] : [{ key: place.key, zone: `{key}.${place.zone}`, suffix: text }];
  });
}

const places: readonly KeyedPlace[] = dnsLists.flatMap(({ keyed: own }) =>
  own === undefined ? [] : [{ ...own, suffix: keyedSuffix(own) }],
);
