import type { Fact } from '../fact.ts';

/** What the rules of this server say of the message (I-89). */
export const ruleFact: Fact<'rule'> = {
  name: 'rule',
  stage: 'connect',
  asks: 'nobody',
  absent: () => undefined,
  compute: ({ rule }) => rule?.(),
};
