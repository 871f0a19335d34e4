import type { HeaderField } from '#mail/header.ts';
import { unsignedNamesMax } from './bounds.ts';
import type { CanonicalHeader } from './canonical-header.ts';

/** Which fields of a message a signature's `h=` covers. */
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
  const signed: string[] = [];
  const oversigned: string[] = [];
  for (const [name, count] of wanted) {
    if (present(name) > 0) signed.push(name);
    if (count > present(name)) oversigned.push(name);
  }
  const unsigned = [...header.names()].filter((name) => (wanted.get(name) ?? 0) < present(name));
  return { signed, oversigned, unsigned: cut(unsigned) };
}

/** From first: verdicts hang on it, and a flood of other names must not push it out. */
function cut(names: readonly string[]): readonly string[] {
  const first = names.includes('from') ? ['from'] : [];
  return [...first, ...names.filter((name) => name !== 'from')].slice(0, unsignedNamesMax);
}
