import { formatAddress } from '#mail/address.ts';
import { checkSpf } from '#mailauth/spf/check-spf.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { Fact } from '../fact.ts';

/** SPF of MAIL FROM, or of HELO where that is null (I-35). */
export const spfFact: Fact<'spf'> = {
  name: 'spf',
  stage: 'mail',
  asks: 'dns',
  compute: ({ client, helo, from, own, resolver, clock, records }) =>
    checkSpf(
      { address: client, helo, mailFrom: from === undefined ? '' : formatAddress(from) },
      { resolver, clock, receiver: own.hostname, records },
    ),
  ofNobody: ({ helo, from }) => ({
    result: 'temperror',
    identity: from === undefined ? 'helo' : 'mailfrom',
    domain: from?.domain ?? cleanForeignText(helo).toLowerCase(),
    evidence: {
      matched: [],
      problem: {
        code: 'no-client',
        domain: from?.domain ?? '',
        detail: 'the address of the client is not known',
      },
      records: [],
      asked: [],
      lookupTerms: 0,
      voidLookups: 0,
      localPartUsed: false,
    },
  }),
};
