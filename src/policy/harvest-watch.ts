import { clientAddressKey, clientNetwork } from '#identity/client-network.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { HarvestFact, RecipientCounts } from './fact-table.ts';

/** Recipients are counted over so long. */
const windowMs = 60 * 60_000;
/** S-09: addresses and networks that are watched; the one that was quiet longest goes first. */
const clientsMax = 20_000;

/** `uncounted`: it says nothing of whether the client guesses names, as a full mailbox or trouble of ours. */
export type AskedRecipient = 'known' | 'unknown' | 'uncounted';

/** Who asks for addresses that nobody has: by address, and by network of many such (S-07), in memory. */
export class HarvestWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #address = new Counted();
  readonly #network = new Counted();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  asked(client: string, recipient: AskedRecipient): void {
    if (recipient === 'uncounted') return;
    const nowMs = this.#clock.monotonic();
    this.#address.add(clientAddressKey(client), recipient, nowMs);
    this.#network.add(clientNetwork(client), recipient, nowMs);
  }

  of(client: string): HarvestFact {
    const nowMs = this.#clock.monotonic();
    const network = this.#network.of(clientNetwork(client), nowMs);
    // Of an address there is nothing where there is nothing of its network.
    if (network.unknown === 0) return { ...network, network };
    return { ...this.#address.of(clientAddressKey(client), nowMs), network };
  }
}

class Counted {
  readonly #unknown = new FailureWindows(clientsMax);
  readonly #known = new FailureWindows(clientsMax);

  add(key: string, recipient: 'known' | 'unknown', nowMs: number): void {
    // Who names nobody that is unknown costs no entry.
    if (recipient === 'known' && this.#unknown.count(key, nowMs) === 0) return;
    const windows = recipient === 'known' ? this.#known : this.#unknown;
    windows.add(key, { amount: 1, windowMs, nowMs });
  }

  of(key: string, nowMs: number): RecipientCounts {
    const unknown = this.#unknown.count(key, nowMs);
    return { unknown, known: unknown === 0 ? 0 : this.#known.count(key, nowMs) };
  }
}
