import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

export interface StringRules {
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly description?: string;
}

const lengthMaxByDefault = 1024;

/** Text of one line. Control characters are never part of a setting (S-05). */
export function string(rules: StringRules = {}): Kind<string> {
  const { lengthMin = 1, lengthMax = lengthMaxByDefault, pattern } = rules;
  const description = rules.description ?? `text of ${lengthMin} to ${lengthMax} characters`;
  return {
    description,
    read(value) {
      if (typeof value !== 'string') return err(problem(`must be ${description}, not ${shown(value)}`));
      const fits = value.length >= lengthMin && value.length <= lengthMax;
      if (!fits || /\p{Cc}/u.test(value) || (pattern !== undefined && !pattern.test(value)))
        return err(problem(`must be ${description}, not ${shown(value)}`));
      return ok(value);
    },
    fromText: (text) => text,
    write: (value) => value,
  };
}

/** A short name that stands in logs and traces: letters, digits, `-`, `_`. */
export const name: Kind<string> = string({
  lengthMax: 32,
  pattern: /^[A-Za-z0-9_-]+$/,
  description: 'a name of 1 to 32 letters, digits, "-" or "_"',
});
