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
  const signed: string[] = [];
  const oversigned: string[] = [];
  for (const [name, count] of wanted) {
    const fields = present(name);
    if (fields > 0) signed.push(name);
    if (count > fields) oversigned.push(name);
  }
  const unsigned: string[] = [];
  for (const name of header.names()) if ((wanted.get(name) ?? 0) < present(name)) unsigned.push(name);
  return { signed: told(signed), oversigned: told(oversigned), unsigned: told(unsigned) };
}

/** From first: verdicts hang on it, and a flood of other names must not push it out. */
function told(names: readonly string[]): readonly string[] {
  const first = names.indexOf('from') > 0 ? ['from', ...names.filter((name) => name !== 'from')] : names;
  return first.slice(0, namesToldMax).map((name) => name.slice(0, nameToldCharsMax));
}
