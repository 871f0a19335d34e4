import type { HeaderField } from '#mail/header.ts';
import { nameToldCharsMax, namesToldMax } from './bounds.ts';
import type { CanonicalHeader } from './canonical-header.ts';

/** Which fields of a message a signature's `h=` covers; each list is cut to `namesToldMax`, From before all others. */
export interface Coverage {
  readonly signed: readonly string[];
  readonly oversigned: readonly string[];
  readonly unsigned: readonly string[];
}

/** @param own the signature's field, which is never covered */
export function coverageOf(header: CanonicalHeader, names: readonly string[], own: HeaderField): Coverage {
  const wanted = new Map<string, number>();
  for (const name of names) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  const present = (name: string): number => header.fields(name).length - (name === own.name ? 1 : 0);
  const named = [...wanted.keys()];
  const signed = named.filter((name) => present(name) > 0);
  const oversigned = named.filter((name) => (wanted.get(name) ?? 0) > present(name));
  const unsigned = [...header.names()].filter((name) => (wanted.get(name) ?? 0) < present(name));
  return { signed: told(signed), oversigned: told(oversigned), unsigned: told(unsigned) };
}

/** From first: verdicts hang on it, and a flood of other names must not push it out. */
function told(names: readonly string[]): readonly string[] {
  const first = names.includes('from') ? ['from'] : [];
  return [...first, ...names.filter((name) => name !== 'from')]
    .slice(0, namesToldMax)
    .map((name) => name.slice(0, nameToldCharsMax));
}
