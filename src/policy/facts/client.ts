import type { Fact } from '../fact.ts';

/** The address at the other end, as it came or as a trusted proxy told it. */
export const clientFact: Fact<'client'> = {
  name: 'client',
  stage: 'connect',
  asks: 'nobody',
  compute: ({ client, own }) => ({
    address: client,
    isOwn: own.isOwnAddress(client),
    isIpv6: client.includes(':'),
  }),
  ofNobody: () => ({ address: 'unknown', isOwn: false, isIpv6: false }),
  // The session says it.
  record: () => undefined,
};
