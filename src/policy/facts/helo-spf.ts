import { andThen } from '#base/and-then.ts';
import { formatAddress } from '#mail/address.ts';
import { checkHeloSpf } from '#mailauth/spf/check-spf.ts';
import type { Fact } from '../fact.ts';

/** SPF of the HELO name beside that of the sender (P-19); of a bounce that is the sender's own. */
export const heloSpfFact: Fact<'heloSpf'> = {
  name: 'heloSpf',
  stage: 'mail',
  asks: 'dns',
  absent: () => undefined,
  ofNobody: () => undefined,
  compute({ client, helo, from, own, resolver, clock, records }, facts) {
    return andThen(facts.read('helo'), ({ kind }) => {
      if (from === undefined || kind !== 'name') return undefined;
      const input = { address: client, helo, mailFrom: formatAddress(from) };
      return checkHeloSpf(input, { resolver, clock, receiver: own.hostname, records });
    });
  },
  // Only what a domain says of its hosts is worth a line; most say nothing.
  record: (fact) => (fact?.result === 'none' ? undefined : fact),
};
