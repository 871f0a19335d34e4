import type { RuleCondition } from '../rule-condition.ts';
import { readMailSubject } from '../mail-subject.ts';

export const sender: RuleCondition = {
  name: 'sender',
  meaning:
    'The sender in MAIL FROM: an address, a domain with all below it, a pattern, or `<>` for bounces. Anybody can claim any.',
  read(text) {
    if (text === '<>') return { value: text, holds: (facts) => facts.sender === undefined };
    const subject = readMailSubject(text);
    return (
      subject && {
        value: subject.value,
        holds: (facts) => facts.sender !== undefined && subject.fits(facts.sender),
      }
    );
  },
};
