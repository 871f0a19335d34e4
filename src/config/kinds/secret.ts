import { err } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem } from '../kind.ts';
import { string } from './string.ts';

/** Text that no message may show, not even when it is wrong. */
export function secret(rules: { readonly lengthMax: number; readonly description: string }): Kind<string> {
  const kind = string(rules);
  return {
    ...kind,
    read(value) {
      const read = kind.read(value);
      return read.ok
        ? read
        : err(problem(`must be ${rules.description} of at most ${rules.lengthMax} characters`));
    },
  };
}
