import { ok, unreachable } from '#base/result.ts';
import type { Steps } from '#base/steps.ts';
import { isInNetwork } from '../ip-network.ts';
import type { SpfEvaluation, SpfPlace, Unstopped } from '../spf-evaluation.ts';
import type { Mechanism } from '../spf-record.ts';
import { matchA } from './a.ts';
import { matchExists } from './exists.ts';
import { matchMx } from './mx.ts';
import { matchPtr } from './ptr.ts';

/** All but `include`, which evaluates another record. */
export type PlainMechanism = Exclude<Mechanism, { kind: 'include' }>;

/** Whether a mechanism matches the client (RFC 7208 §5). */
export function* matchMechanism(
  mechanism: PlainMechanism,
  place: SpfPlace,
  evaluation: SpfEvaluation,
): Steps<Unstopped<boolean>> {
  switch (mechanism.kind) {
    case 'all':
      return ok(true);
    case 'ip4':
    case 'ip6':
      return ok(isInNetwork(evaluation.client, mechanism));
    case 'a':
      return yield* matchA(mechanism, place, evaluation);
    case 'mx':
      return yield* matchMx(mechanism, place, evaluation);
    case 'ptr':
      return yield* matchPtr(mechanism, place, evaluation);
    case 'exists':
      return yield* matchExists(mechanism, place, evaluation);
    default:
      return unreachable(mechanism);
  }
}
