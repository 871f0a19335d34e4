import { andThen } from '#base/and-then.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress, NetworkSet } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Exemption } from '#protocols/conversation.ts';
import type { Doorkeeper, DoorVerdict } from './doorkeeper.ts';
import type { Gate } from './gate.ts';
import type { LiveConnection } from './live-connection.ts';
import type { Timers } from './timers.ts';

/** What XCLIENT changes of a connection's facts; events that follow name the new client. */
export interface MovingFacts {
  client: ClientAddress;
  clientPort: number;
  exempt: ReadonlySet<Exemption>;
  gateways: NetworkSet | undefined;
  isClientUnknown: boolean;
}

export interface SpokenForParts {
  readonly door: Doorkeeper;
  readonly gate: Gate;
  readonly timers: Pick<Timers, 'now'>;
  readonly gatewaysOf: (client: ClientAddress) => NetworkSet | undefined;
  readonly live: LiveConnection;
  readonly facts: MovingFacts;
  /** Who is connected, and speaks for the others. */
  readonly peer: ClientAddress;
}

const noExemption: ReadonlySet<Exemption> = new Set();

/** XCLIENT: who speaks through a peer is judged as if it had come itself. */
export class SpokenFor {
  readonly #parts: SpokenForParts;

  constructor(parts: SpokenForParts) {
    this.#parts = parts;
  }

  /** @returns whether it is let in; at once, unless it must be asked whether it is known */
  become(text: string, clientPort = 0): Awaitable<boolean> {
    if (text === 'unknown') return this.#becomeUnknown();
    const client = parseClientAddress(text);
    if (client === undefined) return false;
    const isThere = (): boolean => !this.#parts.live.isOver;
    const verdict = this.#parts.door.judge({ client, isSpokenFor: true, isThere });
    return andThen(verdict, (judged) => this.#take({ client, clientPort }, judged));
  }

  #take(
    { client, clientPort }: { readonly client: ClientAddress; readonly clientPort: number },
    verdict: DoorVerdict,
  ): boolean {
    if (verdict.kind !== 'in') return false;
    const { live, facts, gatewaysOf } = this.#parts;
    const { admission, exempt } = verdict;
    live.handOver({ client, admission });
    const gateways = gatewaysOf(client);
    Object.assign(facts, { client, clientPort, exempt, gateways, isClientUnknown: false });
    return true;
  }

  /** Who comes is not known: no network's exemptions are his, and the peer that brings him stands for him. */
  #becomeUnknown(): boolean {
    const { gate, timers, live, facts, peer } = this.#parts;
    const admission = gate.admit(peer, true, timers.now());
    if (admission.hit !== undefined) return false;
    live.handOver({ client: peer, admission });
    const unknown = { clientPort: 0, exempt: noExemption, gateways: undefined, isClientUnknown: true };
    Object.assign(facts, { client: peer, ...unknown });
    return true;
  }
}
