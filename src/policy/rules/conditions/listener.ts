import type { RuleCondition } from '../rule-condition.ts';

/** As in `[[listener]]`. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export const listener: RuleCondition = {
  name: 'listener',
  meaning: 'The name of the `[[listener]]` that it comes by.',
  read: (text) =>
    namePattern.test(text) ? { value: text, holds: (facts) => facts.listener === text } : undefined,
};
