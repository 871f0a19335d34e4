import type { Steps } from '#base/steps.ts';
import type { SpfEvaluation, SpfPlace, Unstopped } from '../spf-evaluation.ts';
import type { Mechanism } from '../spf-record.ts';

export type MechanismOf<Kind extends Mechanism['kind']> = Extract<Mechanism, { kind: Kind }>;

/** Whether a mechanism matches the client (RFC 7208 §5). */
export type Matcher<Kind extends Mechanism['kind']> = (
  mechanism: MechanismOf<Kind>,
  place: SpfPlace,
  evaluation: SpfEvaluation,
) => Steps<Unstopped<boolean>>;
