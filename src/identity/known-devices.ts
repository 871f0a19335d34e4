import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import { LastingMarks } from '#store/lasting-marks.ts';
import { clientNetwork } from './client-network.ts';

/** I-80: how long a log-in that held vouches for where it came from. */
const keptMs = 30 * 86_400_000;
const rememberedMax = 50_000;

/** What is known of where an attempt comes from. */
export interface Standing {
  /** This name has logged in from this network: one of its own devices. */
  readonly deviceKnown: boolean;
  /** Somebody has logged in from this network: it is not the attackers' alone. */
  readonly addressKnown: boolean;
}

export const unknownStanding: Standing = { deviceKnown: false, addressKnown: false };

export interface KnownDevicesParts {
  readonly clock: Clock;
  /** Keeps them over a restart; `undefined`: in memory only. */
  readonly counters: Pick<Counters, 'add' | 'read'> | undefined;
}

/** From which networks (IPv4 /24, IPv6 /64) names have logged in within the last 30 days (I-80, N-10). */
export class KnownDevices {
  readonly #marks: LastingMarks;

  constructor(parts: KnownDevicesParts) {
    this.#marks = new LastingMarks({ ...parts, keptMs, rememberedMax });
  }

  standing(name: string, client: string): Awaitable<Standing> {
    return andThen(this.#marks.have(keysOf(name, client)), ([deviceKnown = false, addressKnown = false]) => ({
      deviceKnown,
      addressKnown,
    }));
  }

  succeeded(name: string, client: string): void {
    for (const key of keysOf(name, client)) this.#marks.mark(key);
  }
}

function keysOf(name: string, client: string): readonly [device: string, network: string] {
  const network = clientNetwork(client);
  return [`login-device ${network} ${name}`, `login-network ${network}`];
}
