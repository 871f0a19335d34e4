import type { Result } from '#base/result.ts';
import type { TlsFacts, TlsFailure } from '#platform/dialer.ts';

/**
 * What the conversation loop needs of a connection: a socket (`socket-wire.ts`), or memory in tests
 * (`memory-wire.ts`). Callbacks instead of promises: this is the path of every byte.
 */
export interface Wire {
  /** Once, before anything else; the listener hears nothing before `reading(true)`. */
  start(listener: WireListener): void;
  /** False asks the peer to wait; a few bytes already under way may still come. */
  reading(on: boolean): void;
  /** Sends in order. `false`: the peer reads slowly, wait for `drained`. */
  write(bytes: Uint8Array): boolean;
  /** Handshake as the server; bounded in time. What the peer sends next goes into it. */
  secure(): Promise<Result<TlsFacts, TlsFailure>>;
  /**
   * Sends what is left, then says the end. When the end is ours, input is thrown away for a moment, so that the peer can read
   * our last words; when it is agreed, there is none.
   */
  end(whose: 'ours' | 'agreed'): void;
  /** At once, without manners. */
  destroy(): void;
}

export interface WireListener {
  bytes(bytes: Uint8Array): void;
  /** The peer will send nothing more; it may still read. */
  ended(): void;
  drained(): void;
  /** Both directions are gone; after it nothing comes. */
  gone(why: 'closed' | 'reset'): void;
}
