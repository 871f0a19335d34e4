import { matchesPattern } from '../../local-lists/matches-pattern.ts';
import type { RuleCondition } from '../rule-condition.ts';

/** RFC 5321 §4.5.3.1.2. */
const nameCharactersMax = 255;
const starsMax = 8;

export const helo: RuleCondition = {
  name: 'helo',
  meaning: 'The name that the client gives in HELO or EHLO, with `*` for any characters.',
  read(text) {
    const pattern = text.toLowerCase();
    const fits = /^[\x21-\x7e]+$/.test(pattern) && pattern.split('*').length - 1 <= starsMax;
    if (!fits || pattern.length > nameCharactersMax) return undefined;
    return {
      value: pattern,
      holds: ({ helo: name, isClientLate }) =>
        isClientLate ? undefined : matchesPattern(pattern, name.slice(0, nameCharactersMax).toLowerCase()),
    };
  },
};
