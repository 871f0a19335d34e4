import { err, ok, type Result } from '#base/result.ts';
import type { TlsFacts, TlsFailure } from '#platform/dialer.ts';
import type { Wire, WireListener } from './wire.ts';

/** How much a peer that does not read lets us write. */
const peerRoomBytes = 64 * 1024;

export interface MemoryWireOptions {
  /** What a handshake settles; without it handshakes fail. */
  readonly tls?: TlsFacts;
  /** What the server said, as it says it. */
  readonly received?: (bytes: Uint8Array) => void;
  /** The server ended or destroyed the connection. */
  readonly closed?: (how: 'ended' | 'destroyed') => void;
}

/**
 * A connection without a network: tests, transcripts and the simulation hold its far end. TLS is a matter
 * of words only: after the handshake bytes go on in the clear.
 */
export class MemoryWire implements Wire {
  readonly #options: MemoryWireOptions;
  #listener: WireListener | undefined;
  #waiting: Uint8Array[] = [];
  #reading = false;
  #ended = false;
  #over = false;
  #unreadBytes = 0;
  #peerReads = true;
  #shake: ((shaken: boolean) => void) | undefined;
  #shaken = false;

  constructor(options: MemoryWireOptions = {}) {
    this.#options = options;
  }

  /** The peer sends bytes; they wait while the server does not read. */
  send(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#waiting.push(bytes);
    if (this.#shake === undefined) this.#deliver();
    else this.#garble();
  }

  /** The peer sends no more. */
  finish(): void {
    this.#ended = true;
    this.#deliver();
  }

  /** The peer is gone without a word. */
  reset(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener?.gone('reset');
  }

  /** Lets the peer stop reading, and go on. */
  peerReads(on: boolean): void {
    this.#peerReads = on;
    if (!on || this.#unreadBytes === 0) return;
    this.#unreadBytes = 0;
    this.#listener?.drained();
  }

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  get over(): boolean {
    return this.#over;
  }

  start(listener: WireListener): void {
    this.#listener = listener;
  }

  reading(on: boolean): void {
    this.#reading = on;
    this.#deliver();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    this.#options.received?.(bytes);
    if (this.#peerReads) return true;
    this.#unreadBytes += bytes.length;
    return this.#unreadBytes < peerRoomBytes;
  }

  /** Waits for `handshake`; what the peer sends instead is no TLS, and the handshake fails. */
  secure(): Promise<Result<TlsFacts, TlsFailure>> {
    const tls = this.#options.tls;
    if (tls === undefined) return Promise.resolve(err({ kind: 'handshake', detail: 'no TLS here' }));
    return new Promise((resolve) => {
      this.#shake = (shaken) =>
        resolve(shaken ? ok(tls) : err({ kind: 'handshake', detail: 'wrong version number' }));
      if (this.#shaken) this.handshake();
      else if (this.#waiting.length > 0) this.#garble();
    });
  }

  /** The peer's half of the handshake; may come before the server asks for it. */
  handshake(): void {
    this.#shaken = this.#shake === undefined;
    this.#shake?.(true);
    this.#shake = undefined;
  }

  #garble(): void {
    this.#waiting = [];
    this.#shake?.(false);
    this.#shake = undefined;
  }

  end(): void {
    this.#close('ended');
  }

  destroy(): void {
    this.#close('destroyed');
  }

  #close(how: 'ended' | 'destroyed'): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.closed?.(how);
  }

  #deliver(): void {
    while (this.#reading && !this.#over && this.#listener !== undefined) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      this.#listener.bytes(bytes);
    }
    if (this.#ended && this.#waiting.length === 0 && this.#reading && !this.#over) {
      this.#ended = false;
      this.#listener?.ended();
    }
  }
}
