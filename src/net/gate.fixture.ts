import { networksOf } from '#base/client-address.ts';
import type { ConnectionLimits, LimitSettings } from './connection-limits.ts';
import { admitted } from './gate.ts';
import type { Gate } from './gate.ts';

/** A gate with one set of limits and no rules. */
export function gateOf(limits: ConnectionLimits): Gate {
  return {
    admit(client, isExempt, nowMs) {
      const hit = limits.admit(networksOf(client), { standing: isExempt ? 'exempt' : 'stranger', nowMs });
      return hit === undefined ? admitted : { hit, rule: undefined };
    },
    release: (client) => limits.release(networksOf(client)),
  };
}

/** No limit of any kind. */
export const unlimited: LimitSettings = {
  connectionsMax: 0,
  perAddressMax: 0,
  perNetworkMax: 0,
  newMax: 0,
  newPerAddressMax: 0,
  windowMs: 60_000,
};
