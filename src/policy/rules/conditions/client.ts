import { clientRange } from '../../flow/client-range.ts';
import type { RuleCondition } from '../rule-condition.ts';

const namePattern = /^@[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export const client: RuleCondition = {
  name: 'client',
  meaning:
    'The address that it comes from: an address, a network, a range, or `@NAME` of a `[[network]]` (`@blocklist` and `@allowlist` are the local lists).',
  read(text) {
    if (namePattern.test(text)) {
      const name = text.slice(1);
      // A name that nobody has holds for nobody.
      return {
        value: text,
        holds: ({ client: from, networks, isClientLate }) =>
          isClientLate ? undefined : from !== undefined && networks(name)?.has(from) === true,
      };
    }
    const range = clientRange(text);
    return range === undefined
      ? undefined
      : {
          value: text,
          holds: ({ client: from, isClientLate }) =>
            isClientLate ? undefined : from !== undefined && range.has(from),
        };
  },
};
