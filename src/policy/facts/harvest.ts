import type { Fact } from '../fact.ts';

/** For how many addresses that nobody has the client and its network asked lately. */
export const harvestFact: Fact<'harvest'> = {
  name: 'harvest',
  stage: 'rcpt',
  asks: 'nobody',
  absent: () => ({ unknown: 0, known: 0 }),
  ofNobody: () => ({ unknown: 0, known: 0 }),
  compute: ({ harvest, client }) => harvest.of(client),
  record: (fact) => ((fact.network ?? fact).unknown === 0 ? undefined : fact),
};
