import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';
import { nearest } from '../nearest.ts';

/** One of a few words. */
export function union<const T extends string>(members: readonly T[]): Kind<T> {
  const description = `one of ${members.map((member) => `"${member}"`).join(', ')}`;
  return {
    description,
    read(value) {
      const found = members.find((member) => member === value);
      if (found !== undefined) return ok(found);
      const near = typeof value === 'string' ? nearest(value, members) : undefined;
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      return err(problem(`must be ${description}, not ${shown(value)}${hint}`));
    },
    fromText: (text) => text,
    write: (value) => value,
  };
}
