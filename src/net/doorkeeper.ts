import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Exemption } from '#protocols/conversation.ts';
import type { Admission } from './gate.ts';
import type { ListenerOptions } from './listener-options.ts';

/** S-09: connections of which it is being asked whether they are known. */
const askedAtOnceMax = 256;

/** What is decided about a client, before a word is said. */
export type DoorVerdict =
  | { readonly kind: 'in'; readonly admission: Admitted; readonly exempt: ReadonlySet<Exemption> }
  | { readonly kind: 'refused'; readonly hit: Refused['hit'] }
  /** `foreign`: it is not for that client; `bypass`: it comes past the gateway; `gone`: it did not wait. */
  | { readonly kind: 'foreign' | 'bypass' | 'banned' | 'gone' };

/** Who is there. */
export interface Caller {
  readonly client: ClientAddress;
  /** Named by a peer that speaks for it (XCLIENT), and not connected itself. */
  readonly isSpokenFor?: boolean;
  /** Whether it still wants in, after it was waited for. */
  readonly isThere: () => boolean;
}

type Refused = Exclude<Admission, { readonly hit: undefined }>;
type Admitted = Extract<Admission, { readonly hit: undefined }>;

export type DoorOptions = Pick<
  ListenerOptions,
  | 'name'
  | 'gate'
  | 'timers'
  | 'events'
  | 'admits'
  | 'banned'
  | 'exemptions'
  | 'isKnown'
  | 'refused'
  | 'xclients'
  | 'gateways'
  | 'gatewayOnly'
>;

/** Decides who is let in, whether a client has come itself or is named by a peer; events tell of who is not. */
export class Doorkeeper {
  readonly #options: DoorOptions;
  #asking = 0;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** At once, unless the client must be asked about. */
  judge(caller: Caller): Awaitable<DoorVerdict> {
    const { admits, banned, xclients, gateways, gate, timers, exemptions, name, events } = this.#options;
    const { client } = caller;
    if (admits?.(client) === false) {
      events({ kind: 'connection-foreign', listener: name, client });
      return { kind: 'foreign' };
    }
    if (this.#isBypass(caller)) {
      events({ kind: 'gateway-bypassed', listener: name, client });
      return { kind: 'bypass' };
    }
    // Who speaks for others is not blamed for them: each whom it names is judged for himself.
    const speaksForOthers = xclients?.has(client) === true || gateways?.has(client) === true;
    const network = speaksForOthers ? undefined : banned?.(client);
    if (network !== undefined) {
      events({ kind: 'connection-banned', listener: name, client, network });
      return { kind: 'banned' };
    }
    const exempt = exemptions(client);
    const admission = gate.admit(client, speaksForOthers || exempt.has('rate'), timers.now());
    if (admission.hit === undefined) return { kind: 'in', admission, exempt };
    return this.#mayAsk(admission)
      ? this.#askedAbout(caller, exempt, admission)
      : this.#refuse(caller, admission);
  }

  /** I-59: whoever may be judged only by what the gateway knows shall not come past it. */
  #isBypass({ client, isSpokenFor }: Caller): boolean {
    const { gatewayOnly, gateways } = this.#options;
    return gatewayOnly === true && isSpokenFor !== true && gateways?.has(client) !== true;
  }

  #mayAsk({ ifKnown }: Refused): boolean {
    return ifKnown !== undefined && this.#options.isKnown !== undefined && this.#asking < askedAtOnceMax;
  }

  /** Strangers may fill a listener, but not keep those out whom we know. */
  async #askedAbout(caller: Caller, exempt: ReadonlySet<Exemption>, refused: Refused): Promise<DoorVerdict> {
    const { isKnown, timers } = this.#options;
    this.#asking += 1;
    const known = await isKnown?.(caller.client).catch(() => false);
    this.#asking -= 1;
    if (!caller.isThere()) return { kind: 'gone' };
    const admission = (known === true ? refused.ifKnown?.(timers.now()) : undefined) ?? refused;
    return admission.hit === undefined ? { kind: 'in', admission, exempt } : this.#refuse(caller, admission);
  }

  #refuse({ client }: Caller, { hit, rule }: Refused): DoorVerdict {
    const { name, events, refused } = this.#options;
    events({ kind: 'connection-refused', listener: name, client, limit: hit, rule });
    if (hit.endsWith('per-address')) refused?.(client);
    return { kind: 'refused', hit };
  }
}
