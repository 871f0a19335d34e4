import type { Fact } from '../fact.ts';

/** How many addresses that nobody has the client's network asked for lately. */
export const harvestFact: Fact<'harvest'> = {
  name: 'harvest',
  stage: 'rcpt',
  asks: 'nobody',
  absent: () => ({ unknown: 0, known: 0 }),
  compute: ({ harvest, client }) => harvest.of(client),
  record: (fact) => (fact.unknown === 0 ? undefined : fact),
};
