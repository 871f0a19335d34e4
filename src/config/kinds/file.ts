import { isAbsolute, join } from 'node:path';
import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

const pathLengthMax = 4096;
const description = 'a path of a file; one that does not begin with "/" is seen from the file that names it';

/** A path as written; whoever reads the configuration makes it absolute (`absolutePath`). */
export const file: Kind<string> = {
  description,
  read(value) {
    if (typeof value !== 'string' || value === '' || value.length > pathLengthMax || value.includes('\0'))
      return err(problem(`must be ${description}, not ${shown(value)}`));
    return ok(value);
  },
  fromText: (text) => text,
  write: (value) => value,
};

/** `path` as seen from `folder`, which is absolute; without `.` and `..`. */
export function absolutePath(folder: string, path: string): string {
  return isAbsolute(path) ? join(path) : join(folder, path).replace(/(.)\/$/, '$1');
}
