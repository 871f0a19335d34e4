import type { RuleCondition } from '../rule-condition.ts';
import { readMailSubject } from '../mail-subject.ts';

export const recipient: RuleCondition = {
  name: 'recipient',
  meaning:
    'A recipient as it is named in RCPT TO, with or without `+detail`: an address, a domain, or a pattern.',
  read(text) {
    const subject = readMailSubject(text);
    return (
      subject && { value: subject.value, holds: (facts) => facts.recipient.some((one) => subject.fits(one)) }
    );
  },
};
