import type { RuleCondition } from '../rule-condition.ts';
import { readMailSubject } from '../mail-subject.ts';

export const account: RuleCondition = {
  name: 'account',
  meaning:
    'Who is logged in: an address, a domain with all below it, or a pattern like `*@sales.example.org`.',
  read(text) {
    const subject = readMailSubject(text);
    return (
      subject && {
        value: subject.value,
        holds: (facts) => facts.account !== undefined && subject.fits(facts.account),
      }
    );
  },
};
