import { networksOf } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { Strike } from './ban-book.ts';
import type { BanRules } from './ban-settings.ts';

/** Clients counted; who came longest ago goes first (S-09). */
const clientsMax = { refused: 50_000, opened: 20_000 };

/** I-83: who comes back again and again, against its own limits or too often in all, is not asked any more. */
export class CountedConnections {
  readonly #strike: (strike: Strike) => void;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #rules: BanRules;
  readonly #refused = new FailureWindows(clientsMax.refused);
  readonly #opened = new FailureWindows(clientsMax.opened);

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
    this.#count(this.#refused, { client, listener, max: this.#rules.connectionsMax });
  }

  /** It connected, on whichever listener, and was let in or not. */
  opened(client: ClientAddress, listener: string): void {
    this.#count(this.#opened, { client, listener, max: this.#rules.openedMax });
  }

  #count(
    windows: FailureWindows,
    {
      client,
      listener,
      max,
    }: { readonly client: ClientAddress; readonly listener: string; readonly max: number },
  ): void {
    const [key] = networksOf(client);
    if (max === 0 || key === undefined) return;
    const nowMs = this.#clock.monotonic();
    const count = windows.add(key, { amount: 1, windowMs: this.#rules.connectionsWindowMs, nowMs });
    if (count < max) return;
    windows.forget(key);
    this.#strike({ client, reason: 'connections', evidence: { count, listener } });
  }
}
