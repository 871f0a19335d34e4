import { registrableDomain } from '#mail/public-suffix.ts';
import type { LocalEntry, LocalSubject } from './local-entry.ts';

/**
 * Which automatic entries make room (P-25). The neighbourhood that has the most gives first, its earliest end before the
 * others: who holds a /48 or a domain has names without number, and must not push out the entries of everybody else.
 */
export function firstToGo(
  entries: Iterable<readonly [key: string, entry: LocalEntry]>,
  count: number,
): readonly string[] {
  const neighbours = new Map<string, number>();
  const ranked = [...entries]
    .toSorted(([, a], [, b]) => endOf(b) - endOf(a))
    .map(([key, { subject }]) => {
      const name = neighbourhood(subject);
      const rank = neighbours.get(name) ?? 0;
      neighbours.set(name, rank + 1);
      return { key, rank };
    })
    .toReversed();
  // The sort is stable: of those of one rank the one that ends first.
  return ranked
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, count)
    .map(({ key }) => key);
}

function endOf({ untilMs }: LocalEntry): number {
  return untilMs ?? Number.MAX_VALUE;
}

/** The widest network that clients are counted under (S-07), the domain that somebody has registered. */
function neighbourhood({ kind, value }: LocalSubject): string {
  if (kind !== 'network') return registrableDomain(value.slice(value.lastIndexOf('@') + 1)) ?? value;
  if (!value.includes(':')) return value.slice(0, value.lastIndexOf('.'));
  // A network of at most 64 bits in its one spelling: what is left out are zeros at its end.
  return value.slice(0, value.indexOf('::')).split(':').slice(0, 3).join(':');
}
