import type { ConnectionLimits } from './connection-limits.ts';
import { admitted } from './gate.ts';
import type { Gate } from './gate.ts';

/** A gate with one set of limits and no rules. */
export function gateOf(limits: ConnectionLimits): Gate {
  return {
    admit(client, isExempt, nowMs) {
      const hit = limits.admit(client, { standing: isExempt ? 'exempt' : 'stranger', nowMs });
      return hit === undefined ? admitted : { hit, rule: undefined };
    },
    release: (client) => limits.release(client),
  };
}
