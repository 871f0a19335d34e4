import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { Fact } from '../fact.ts';
import { messageOf } from './message-of.ts';

/** Of a message without signatures. */
export const noDkim: DkimReport = { outcomes: [], unchecked: 0, asked: [] };

/** What the message's signatures came to (P-20). Without any nobody is asked. */
export const dkimFact: Fact<'dkim'> = {
  name: 'dkim',
  stage: 'message',
  asks: 'dns',
  absent: () => noDkim,
  compute(sources) {
    const { signatures } = messageOf(sources);
    if (signatures.dkimSignatures === 0) return noDkim;
    return signatures.dkim();
  },
  record: (fact) => (fact.outcomes.length === 0 ? undefined : fact),
};
