import { checkIprev } from '#mailauth/iprev.ts';
import type { Fact } from '../fact.ts';

/** The client's reverse name, confirmed forward (P-15). */
export const iprevFact: Fact<'iprev'> = {
  name: 'iprev',
  stage: 'connect',
  asks: 'dns',
  compute: ({ client, resolver, clock }) => checkIprev(client, { resolver, clock }),
  ofNobody: () => ({ finding: 'unanswered', result: 'temperror', names: [], asked: [] }),
};
