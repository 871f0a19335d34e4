import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

/** A whole number from `min` to `max`, both included. */
export function integer(range: { readonly min: number; readonly max: number }): Kind<number> {
  const description = `a whole number from ${range.min} to ${range.max}`;
  return {
    description,
    read(value) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value))
        return err(problem(`must be ${description}, not ${shown(value)}`));
      if (value < range.min || value > range.max) return err(problem(`must be ${description}, not ${value}`));
      return ok(value);
    },
    fromText: (text) => (/^-?\d{1,16}$/.test(text.trim()) ? Number(text) : text),
    write: (value) => value,
  };
}

/** A TCP port. */
export const port: Kind<number> = integer({ min: 1, max: 65_535 });
