import type { RuleCondition } from '../rule-condition.ts';

export const tls: RuleCondition = {
  name: 'tls',
  meaning: '`yes` or `no`: whether the connection is encrypted.',
  read: (text) =>
    text === 'yes' || text === 'no'
      ? { value: text, holds: (facts) => facts.tls === (text === 'yes') }
      : undefined,
};
