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

/**
 * The ARC chain, verified only where its last sealer was named (I-42): else nothing of it could be believed, and whoever
 * puts a famous name into the middle of fifty seals of their own would make us verify them all.
 */
export const arcFact: Fact<'arc'> = {
  name: 'arc',
  stage: 'message',
  asks: 'dns',
  absent: () => noArc,
  compute(sources) {
    const { signatures } = messageOf(sources);
    const last = signatures.sealers.at(-1);
    return last !== undefined && sources.arcSealers.includes(last) ? signatures.arc() : noArc;
  },
  record: (fact) => (fact.result === 'none' ? undefined : fact),
};
