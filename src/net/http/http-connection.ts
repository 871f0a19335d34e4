import type { Socket } from 'node:net';
import type { OpenConnection } from '../open-connection.ts';
import type { Timers } from '../timers.ts';

/** From one answer, or from the beginning, to the whole head of the next request. */
export const headMs = 15_000;
/** From the head of a request to the last byte of its answer; its body and a slow reader included. */
export const requestMs = 30_000;
/** Requests of one connection that are answered at once; browsers wait for each answer (S-09). */
export const requestsAtOnceMax = 8;

/** One connection's clock: whoever is slow, or has nothing to say, is hung up on (S-09). */
export class HttpConnection implements OpenConnection {
  readonly #timers: Timers;
  #socket: Socket;
  #underWay = 0;
  #draining = false;
  #isGone = false;
  #stop: () => void = () => undefined;

  constructor(socket: Socket, timers: Timers) {
    this.#socket = socket;
    this.#timers = timers;
  }

  /** TLS stands, or was not wanted. */
  begin(socket: Socket): void {
    this.#socket = socket;
    this.#within(headMs);
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** @returns whether it is to be answered: who asks for much without waiting for answers is hung up on (RFC 9112 §9.3.2) */
  requested(): boolean {
    this.#underWay += 1;
    if (this.#underWay === 1) this.#within(requestMs);
    if (this.#underWay > requestsAtOnceMax) this.abort();
    return !this.#socket.destroyed;
  }

  answered(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    if (this.#draining) this.#socket.destroySoon();
    this.#within(headMs);
  }

  gone(): void {
    this.#isGone = true;
    this.#stop();
  }

  drain(): void {
    this.#draining = true;
    if (this.#underWay === 0) this.abort();
  }

  drainNow(): void {
    this.abort();
  }

  abort(): void {
    this.#socket.destroy();
  }

  #within(ms: number): void {
    // Of an answer that nobody waits for any more the end is heard of after that of the connection.
    if (this.#isGone) return;
    this.#stop();
    this.#stop = this.#timers.after(ms, () => this.abort());
  }
}
