import type { ClientAddress } from '#base/client-address.ts';
import type { Conversation } from './conversation.ts';
import type { Admission, Gate } from './gate.ts';
import type { SocketWire } from './socket-wire.ts';

/** As whom a connection was let in. */
interface Held {
  readonly client: ClientAddress;
  readonly admission: Admission;
}

/** One connection, from its acceptance on; its conversation begins once TLS stands where that is implicit. */
export class LiveConnection {
  readonly wire: SocketWire;
  readonly #gate: Pick<Gate, 'release'>;
  readonly #gone: () => void;
  #held: Held;
  conversation: Conversation | undefined;
  draining = false;
  isOver = false;

  constructor(
    wire: SocketWire,
    { client, admission }: Held,
    { gate, gone }: { readonly gate: Pick<Gate, 'release'>; readonly gone: (live: LiveConnection) => void },
  ) {
    this.wire = wire;
    this.#held = { client, admission };
    this.#gate = gate;
    this.#gone = () => gone(this);
  }

  /** It is somebody else's from now on; what it was let in as is given back. */
  handOver(held: Held): void {
    this.#release();
    this.#held = held;
  }

  /** Once. */
  over(): void {
    this.isOver = true;
    this.#release();
    this.#gone();
  }

  drain(): void {
    this.draining = true;
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.drain();
  }

  drainNow(): void {
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.drainNow();
  }

  abort(): void {
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.abort('shutdown');
  }

  #release(): void {
    this.#gate.release(this.#held.client, this.#held.admission);
  }
}
