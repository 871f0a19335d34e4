import { parseClientAddress } from '#base/client-address.ts';
import { makeRoom } from '#base/make-room.ts';
import { clientAddressKey } from '#identity/client-network.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { Event } from '#trace/events.ts';
import { checks } from '../checks.ts';
import type { Incident } from './block-feed.ts';

/** Clients whose last trace is known, and whose refusals are counted (S-09). */
const clientsMax = 20_000;
/** So many refusals within an hour are one offence: a server that is set up wrongly gives up or is mended before. */
const refusalsMin = 20;
const refusalsWindowMs = 3_600_000;

/**
 * Checks of the client itself: what is wrong with a message may have been wrong before a forwarder touched it, and says
 * nothing of who brings it.
 */
const clientChecks: ReadonlySet<string> = new Set(
  checks.filter(({ stage }) => stage === 'connect' || stage === 'helo').map(({ name }) => name),
);

const offences: Readonly<Record<string, string | undefined>> = {
  'intrusion-enumeration': 'a search for names',
  'intrusion-smuggling': 'smuggled line ends',
  'intrusion-relay': 'tries to relay',
  'intrusion-anomaly': 'commands that are none',
};

/** Watches all events for repeated offences of one client, and hands them on (P-25). */
export class OffenceWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #found: (incident: Incident) => void;
  readonly #traces = new Map<string, string>();
  readonly #refusals = new FailureWindows(clientsMax);

  constructor({
    clock,
    found,
  }: {
    readonly clock: Pick<Clock, 'monotonic'>;
    readonly found: (incident: Incident) => void;
  }) {
    this.#clock = clock;
    this.#found = found;
  }

  watch(event: Event): void {
    switch (event.name) {
      case 'smuggling':
      case 'relay-refused':
      case 'recipient-refused':
        return this.#remember(event.client, event.trace);
      case 'attempt-refused':
        this.#remember(event.client, event.trace);
        if (clientChecks.has(event.check) && event.status.startsWith('5')) this.#refused(event.client);
        return;
      case 'address-banned':
        if (event.reason === 'logins') this.#tell(event.client, 'a ban for guessed passwords');
        return;
      case 'intrusion-enumeration':
      case 'intrusion-smuggling':
      case 'intrusion-relay':
      case 'intrusion-anomaly':
        return this.#tell(event.client, offences[event.name] ?? '');
      default:
    }
  }

  #remember(client: string, trace: string | undefined): void {
    if (trace === undefined) return;
    const key = clientAddressKey(client);
    this.#traces.delete(key);
    makeRoom(this.#traces, clientsMax);
    this.#traces.set(key, trace);
  }

  #refused(client: string): void {
    const key = clientAddressKey(client);
    const added = { amount: 1, windowMs: refusalsWindowMs, nowMs: this.#clock.monotonic() };
    if (this.#refusals.add(key, added) < refusalsMin) return;
    this.#refusals.forget(key);
    this.#tell(client, 'refusals again and again');
  }

  #tell(text: string, what: string): void {
    const client = parseClientAddress(text);
    if (client === undefined) return;
    this.#found({ kind: 'offender', client, what, trace: this.#traces.get(clientAddressKey(text)) });
  }
}
