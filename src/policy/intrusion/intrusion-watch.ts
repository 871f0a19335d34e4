import { clientAddressKey } from '#identity/client-network.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { Event, EventSink } from '#trace/events.ts';
import { intrusionSignsMax, signOf } from './intrusion-signs.ts';
import type { IntrusionKind, Sign } from './intrusion-signs.ts';

const windowMs = 10 * 60_000;
/** Counts kept; the oldest goes (S-09). */
const keysMax = 50_000;
/** Longer names that begin alike count as one. */
const nameCharactersMax = 64;
/** So many signs of any kind make a client suspect: it waits longest for its greeting (P-32). */
const suspectSigns = 3;

export interface Intrusion {
  readonly kind: IntrusionKind;
  readonly client: string;
  readonly listener: string;
  readonly count: number;
}

export interface IntrusionWatchParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly events: EventSink;
  readonly found: (intrusion: Intrusion) => void;
}

/** Watches all events for those that together are an attack: counted by client, told once in a while (I-87). */
export class IntrusionWatch {
  readonly #parts: IntrusionWatchParts;
  readonly #signs = new FailureWindows(keysMax);
  readonly #names = new FailureWindows(keysMax);

  constructor(parts: IntrusionWatchParts) {
    this.#parts = parts;
  }

  watch(event: Event): void {
    const sign = signOf(event);
    if (sign === undefined || (sign.name !== undefined && this.#isOldName(sign, sign.name))) return;
    const nowMs = this.#parts.clock.monotonic();
    const added = { amount: 1, windowMs, nowMs };
    const client = clientAddressKey(sign.client);
    this.#signs.add(client, added);
    const key = `${sign.kind} ${client}`;
    const count = this.#signs.add(key, added);
    if (count < intrusionSignsMax[sign.kind]) return;
    this.#signs.forget(key);
    this.#tell({ kind: sign.kind, client: sign.client, listener: sign.listener, count });
  }

  isSuspect(client: string): boolean {
    return this.#signs.count(clientAddressKey(client), this.#parts.clock.monotonic()) >= suspectSigns;
  }

  #tell(intrusion: Intrusion): void {
    const { kind, client, listener, count } = intrusion;
    this.#parts.events.emit({ name: `intrusion-${kind}`, client, listener, count });
    this.#parts.found(intrusion);
  }

  #isOldName({ client }: Sign, name: string): boolean {
    const nowMs = this.#parts.clock.monotonic();
    const key = `${clientAddressKey(client)} ${name.slice(0, nameCharactersMax)}`;
    return this.#names.add(key, { amount: 1, windowMs, nowMs }) > 1;
  }
}
