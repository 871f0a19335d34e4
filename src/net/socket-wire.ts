import type { Socket } from 'node:net';
import { err, ok, type Result } from '#base/result.ts';
import type { TlsFacts, TlsFailure } from '#platform/dialer.ts';
import type { EndOfRound } from './end-of-round.ts';
import type { Timers } from './timers.ts';
import type { Wire, WireListener } from './wire.ts';
import { secureServerSocket, type ServerTls } from './server-tls.ts';

/** So long our last words may take to leave, for a peer that reads slowly. */
const lastWordsMs = 30_000;
/** After our last words the peer's are thrown away this long, lest a reset take ours from it. */
const lingerMs = 3000;
/** … and no more than this. */
const lingerBytesMax = 4 * 1024 * 1024;

/** While one piece is encrypted and taken by the system the next is made; the stream alone would wait for each. */
const writtenAheadBytes = 128 * 1024;

/** Replies up to this size wait for the end of the round of the event loop; what is larger goes out at once. */
const gatheredBytesMax = 4 * 1024;

export interface SocketWireParts {
  readonly socket: Socket;
  readonly tls: ServerTls | undefined;
  readonly timers: Timers;
  /** Of all connections that are read in the same rounds. */
  readonly round: EndOfRound;
}

/** A TCP connection, plain first and TLS after `secure`. */
export class SocketWire implements Wire {
  #socket: Socket;
  readonly #tls: ServerTls | undefined;
  readonly #timers: Timers;
  readonly #round: EndOfRound;
  #listener: WireListener | undefined;
  #reading = false;
  #lingering = false;
  #lingeredBytes = 0;
  #failed = false;
  #encrypted = false;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;

  constructor({ socket, tls, timers, round }: SocketWireParts) {
    this.#socket = socket;
    this.#tls = tls;
    this.#timers = timers;
    this.#round = round;
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  start(listener: WireListener): void {
    this.#listener = listener;
    if (this.#socket.destroyed) queueMicrotask(() => this.#onClose());
  }

  reading(on: boolean): void {
    if (!this.#reading) {
      if (!on) return;
      this.#reading = true;
      this.#listen();
      // A PROXY header may have been taken off before: then it stands paused.
      this.#socket.resume();
    } else if (on) {
      this.#socket.resume();
    } else {
      this.#socket.pause();
    }
  }

  /**
   * First everybody's commands are read, then everybody's replies go out: a peer that serves many connections wakes once
   * for all of them, not for each.
   */
  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (this.#gatheredBytes + bytes.length > gatheredBytesMax) {
      this.#flush();
      return socket.destroyed || socket.write(bytes) || socket.writableLength < writtenAheadBytes;
    }
    if (this.#gathered.length === 0) this.#round.call(this.#flush);
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    return socket.destroyed || socket.writableLength < writtenAheadBytes;
  }

  readonly #flush = (): void => {
    const gathered = this.#gathered;
    const [first] = gathered;
    if (first === undefined) return;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (!this.#socket.destroyed) this.#socket.write(gathered.length === 1 ? first : Buffer.concat(gathered));
  };

  async secure(): Promise<Result<TlsFacts, TlsFailure>> {
    if (this.#tls === undefined) return err({ kind: 'handshake', detail: 'no certificate' });
    this.#flush();
    const plain = this.#socket;
    plain.off('data', this.#onData).off('end', this.#onEnd).off('drain', this.#onDrain);
    const secured = await secureServerSocket(plain, this.#tls, this.#timers);
    if (!secured.ok) return secured;
    plain.off('close', this.#onClose);
    this.#socket = secured.value.socket;
    this.#encrypted = true;
    this.#socket.on('error', this.#onError).on('close', this.#onClose);
    if (this.#socket.destroyed) queueMicrotask(() => this.#onClose());
    this.#reading = false;
    this.reading(true);
    return ok(secured.value.facts);
  }

  end(whose: 'ours' | 'agreed'): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#flush();
    const socket = this.#socket;
    // TLS has a farewell of its own that still comes.
    if (whose === 'agreed' && !this.#encrypted) this.#endAtOnce(socket);
    else this.#endGently(socket);
  }

  #endAtOnce(socket: Socket): void {
    // The system has all of it, and sends what it holds before the end, also of what is closed.
    if (socket.writableLength === 0) {
      socket.destroy();
      return;
    }
    socket.destroySoon();
    const stop = this.#timers.after(lastWordsMs, () => void socket.destroy());
    socket.once('close', () => stop());
  }

  #endGently(socket: Socket): void {
    socket.end();
    if (socket.destroyed) return;
    if (!this.#reading) this.#listen();
    socket.resume();
    const destroy = (): void => void socket.destroy();
    let stop = this.#timers.after(lastWordsMs, destroy);
    socket.once('finish', () => {
      stop();
      stop = this.#timers.after(lingerMs, destroy);
    });
    socket.once('close', () => stop());
  }

  destroy(): void {
    this.#flush();
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', this.#onData).on('end', this.#onEnd).on('drain', this.#onDrain);
  }

  readonly #onData = (bytes: Uint8Array): void => {
    const socket = this.#socket;
    if (this.#lingering) this.#linger(bytes.length);
    else this.#listener?.bytes(bytes);
    // Asks for what comes next now; the stream would do it by itself in a tick of its own for each piece.
    socket.read(0);
  };

  #linger(bytes: number): void {
    this.#lingeredBytes += bytes;
    if (this.#lingeredBytes > lingerBytesMax) this.#socket.destroy();
  }

  readonly #onEnd = (): void => {
    if (!this.#lingering) this.#listener?.ended();
  };

  readonly #onDrain = (): void => this.#listener?.drained();

  /** Resets and TLS alerts: `close` follows. */
  readonly #onError = (): void => {
    this.#failed = true;
  };

  readonly #onClose = (): void => {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.gone(this.#failed ? 'reset' : 'closed');
  };
}
