import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { hearReplies, strayRepliesMax } from './dns-exchange.ts';
import type { DnsServer, ExchangeFailure, HearReply } from './dns-exchange.ts';
import { encodeQuery } from './dns-message.ts';
import type { DnsQuery, DnsReply } from './dns-exchanged.ts';

/** Questions under way at once: their replies fit into the buffer that a socket has for them, 1232 octets each. */
export const questionsAtOnceMax = 64;

interface Waiting {
  readonly hear: HearReply;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: Result<DnsReply, ExchangeFailure>) => void;
}

/** One UDP socket for many questions at once, told apart by their ids. It keeps no process alive. */
export class SharedSocket {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  /** Until it is connected. */
  #unsent: DnsQuery[] | undefined = [];
  #isRetired = false;
  #isClosed = false;
  #strays = 0;

  constructor({ address, port }: DnsServer) {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.on('error', () => this.#fail('unreachable'));
    socket.on('message', (bytes) => this.#hear(bytes));
    socket.on('connect', () => this.#connected());
    socket.connect(port, address);
    socket.unref();
    this.#socket = socket;
  }

  /** Takes a further question of this id. */
  takes(id: number): boolean {
    return !this.#isRetired && this.#waiting.size < questionsAtOnceMax && !this.#waiting.has(id);
  }

  /** No question will be asked here any more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** Only where it `takes` the question. */
  ask(query: DnsQuery, timeoutMs: number): Promise<Result<DnsReply, ExchangeFailure>> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#timeOut(query.id), timeoutMs);
      this.#waiting.set(query.id, { hear: hearReplies(query), timer, resolve });
      if (this.#unsent === undefined) this.#send(query);
      else this.#unsent.push(query);
    });
  }

  #connected(): void {
    const unsent = this.#unsent ?? [];
    this.#unsent = undefined;
    for (const query of unsent) if (this.#waiting.has(query.id)) this.#send(query);
  }

  #send(query: DnsQuery): void {
    // Without a function to tell, Node drops what the kernel knew already of the question before this one.
    this.#socket.send(encodeQuery(query), this.#sent);
  }

  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#fail('unreachable');
  };

  #hear(bytes: Uint8Array): void {
    const id = bytes.length < 2 ? -1 : ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return this.#stray();
    const result = waiting.hear(bytes);
    if (result === undefined) return;
    this.#strays = 0;
    this.#end(id, result);
  }

  /** A reply to no question of ours. Late ones do not come here: a socket with a question in vain is left. */
  #stray(): void {
    this.#strays += 1;
    if (this.#strays >= strayRepliesMax) this.#fail('forged');
  }

  #timeOut(id: number): void {
    this.#isRetired = true;
    this.#end(id, err('timeout'));
  }

  #fail(failure: ExchangeFailure): void {
    this.#isRetired = true;
    for (const id of this.#waiting.keys()) this.#end(id, err(failure));
    this.#closeWhenDone();
  }

  #end(id: number, result: Result<DnsReply, ExchangeFailure>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.resolve(result);
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (!this.#isRetired || this.#isClosed || this.#waiting.size > 0) return;
    this.#isClosed = true;
    this.#socket.removeAllListeners();
    // A late ICMP error must not become an uncaught exception.
    this.#socket.on('error', () => undefined);
    this.#socket.close();
  }
}
