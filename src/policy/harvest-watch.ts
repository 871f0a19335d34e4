import { clientNetwork } from '#identity/client-network.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { HarvestFact } from './fact-table.ts';

/** Recipients are counted over so long. */
const windowMs = 60 * 60_000;
/** S-09: networks that are watched; the one that was quiet longest goes first. */
const networksMax = 20_000;

/** Who asks for addresses that nobody has: by network (S-07), in memory. */
export class HarvestWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #unknown = new FailureWindows(networksMax);
  readonly #known = new FailureWindows(networksMax);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  asked(client: string, recipient: 'known' | 'unknown'): void {
    const network = clientNetwork(client);
    const nowMs = this.#clock.monotonic();
    // Who names nobody that is unknown costs no entry.
    if (recipient === 'known' && this.#unknown.count(network, nowMs) === 0) return;
    const windows = recipient === 'known' ? this.#known : this.#unknown;
    windows.add(network, { amount: 1, windowMs, nowMs });
  }

  of(client: string): HarvestFact {
    const network = clientNetwork(client);
    const nowMs = this.#clock.monotonic();
    const unknown = this.#unknown.count(network, nowMs);
    return { unknown, known: unknown === 0 ? 0 : this.#known.count(network, nowMs) };
  }
}
