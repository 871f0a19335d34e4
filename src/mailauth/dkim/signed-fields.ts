import type { HeaderField } from '#mail/header.ts';
import { nameToldCharsMax, namesToldMax } from './bounds.ts';
import type { CanonicalHeader } from './canonical-header.ts';

/** Which fields of a message a signature's `h=` covers; each list is cut to `namesToldMax`, From before all others. */
export interface Coverage {
  readonly signed: readonly string[];
  readonly oversigned: readonly string[];
  readonly unsigned: readonly string[];
}

export interface SignedFields {
  /** In the order in which they are signed. */
  readonly fields: readonly HeaderField[];
  readonly coverage: Coverage;
}

/** What `h=` says of one name. */
interface Named {
  readonly present: readonly HeaderField[];
  wanted: number;
}

/**
 * The fields that `h=` means: instances of one name from the last to the first, names without an instance left out
 * (RFC 6376 §5.4.2).
 * @param own the signature's field, which is never covered (§3.5)
 */
export function signedFields(
  header: CanonicalHeader,
  names: readonly string[],
  own: HeaderField,
): SignedFields {
  const present = (name: string): readonly HeaderField[] => {
    const fields = header.fields(name);
    return name === own.name ? fields.filter((field) => field !== own) : fields;
  };
  const byName = new Map<string, Named>();
  const fields: HeaderField[] = [];
  for (const name of names) {
    let named = byName.get(name);
    if (named === undefined) byName.set(name, (named = { present: present(name), wanted: 0 }));
    named.wanted += 1;
    const field = named.present[named.present.length - named.wanted];
    if (field !== undefined) fields.push(field);
  }
  return { fields, coverage: coverage(byName, unsignedOf(header, byName, present)) };
}

function unsignedOf(
  header: CanonicalHeader,
  byName: ReadonlyMap<string, Named>,
  present: (name: string) => readonly HeaderField[],
): readonly string[] {
  const unsigned: string[] = [];
  for (const name of header.names()) {
    const named = byName.get(name);
    if ((named?.wanted ?? 0) < (named?.present ?? present(name)).length) unsigned.push(name);
  }
  return unsigned;
}

function coverage(byName: ReadonlyMap<string, Named>, unsigned: readonly string[]): Coverage {
  const signed: string[] = [];
  const oversigned: string[] = [];
  for (const [name, { present, wanted }] of byName) {
    if (present.length > 0) signed.push(name);
    if (wanted > present.length) oversigned.push(name);
  }
  return { signed: told(signed), oversigned: told(oversigned), unsigned: told(unsigned) };
}

/** From first: verdicts hang on it, and a flood of other names must not push it out. */
function told(names: readonly string[]): readonly string[] {
  const first = names.indexOf('from') > 0 ? ['from', ...names.filter((name) => name !== 'from')] : names;
  return first.slice(0, namesToldMax).map((name) => name.slice(0, nameToldCharsMax));
}
