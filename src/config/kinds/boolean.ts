import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

export const boolean: Kind<boolean> = {
  description: 'true or false',
  read: (value) =>
    typeof value === 'boolean' ? ok(value) : err(problem(`must be true or false, not ${shown(value)}`)),
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  write: (value) => value,
};
