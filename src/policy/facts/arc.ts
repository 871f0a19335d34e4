import type { ArcOutcome } from '#mailauth/arc/arc-outcome.ts';
import type { Fact } from '../fact.ts';
import { messageOf } from './message-of.ts';

/** No chain, or none that was worth reading. */
export const noArc: ArcOutcome = {
  result: 'none',
  reason: 'none',
  detail: 'no chain of a named sealer',
  sets: [],
  unsigned: [],
  asked: [],
};

/** The ARC chain, verified only where one of its sealers was named (I-42): else it would tell us nothing. */
export const arcFact: Fact<'arc'> = {
  name: 'arc',
  stage: 'message',
  asks: 'dns',
  compute(sources) {
    const { signatures } = messageOf(sources);
    const named = signatures.sealers.some((sealer) => sources.arcSealers.includes(sealer));
    return named ? signatures.arc() : noArc;
  },
  record: (fact) => (fact.result === 'none' ? undefined : { ...fact, asked: [] }),
};
