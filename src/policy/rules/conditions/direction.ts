import type { RuleCondition } from '../rule-condition.ts';

export const direction: RuleCondition = {
  name: 'direction',
  meaning:
    '`in`: to this server’s users, from outside or a program beside it; `out`: submitted by an account.',
  read: (text) =>
    text === 'in' || text === 'out' ? { value: text, holds: (facts) => facts.direction === text } : undefined,
};
