import { networksOf } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { Strike } from './ban-book.ts';
import type { BanRules } from './ban-settings.ts';

/** Clients counted; who was refused longest ago goes first (S-09). */
const clientsMax = 50_000;

/** I-83: who comes back again and again against its own limits is not asked any more. */
export class RefusedConnections {
  readonly #strike: (strike: Strike) => void;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #rules: BanRules;
  readonly #windows = new FailureWindows(clientsMax);

  constructor(parts: {
    readonly strike: (strike: Strike) => void;
    readonly clock: Pick<Clock, 'monotonic'>;
    readonly rules: BanRules;
  }) {
    this.#strike = parts.strike;
    this.#clock = parts.clock;
    this.#rules = parts.rules;
  }

  refused(client: ClientAddress, listener: string): void {
    const { connectionsMax, connectionsWindowMs: windowMs } = this.#rules;
    const [key] = networksOf(client);
    if (connectionsMax === 0 || key === undefined) return;
    const nowMs = this.#clock.monotonic();
    const count = this.#windows.add(key, { amount: 1, windowMs, nowMs });
    if (count < connectionsMax) return;
    this.#windows.forget(key);
    this.#strike({ client, reason: 'connections', evidence: { count, listener } });
  }
}
