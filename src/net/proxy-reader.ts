import type { Socket } from 'node:net';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { proxyHeaderBytesMax, readProxyHeader } from './proxy-header.ts';
import type { ProxiedEnds } from './proxy-header.ts';
import type { Timers } from './timers.ts';

/** A proxy says it at once: its header is the first packet. */
const headerTimeoutMs = 5000;
/** Connections whose header is awaited at once (S-09). */
const waitingMax = 4096;

type Told = (ends: Result<ProxiedEnds | undefined, string>) => void;

/** Takes the PROXY header off connections before anything else looks at them. */
export class ProxyReader {
  readonly #timers: Timers;
  readonly #waiting = new Set<Socket>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** What stands behind the header is left on the socket. @param told once, unless the socket goes before */
  read(socket: Socket, told: Told): void {
    const onError = (): void => undefined;
    socket.on('error', onError);
    if (this.#waiting.size >= waitingMax) {
      told(err('too many wait for their header'));
      return;
    }
    this.#waiting.add(socket);
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header.kind === 'more' && bytes.length <= proxyHeaderBytesMax) return;
      finish();
      if (header.kind !== 'header')
        told(err(header.kind === 'wrong' ? header.why : 'the header does not end'));
      else {
        if (bytes.length > header.lengthBytes) socket.unshift(bytes.subarray(header.lengthBytes));
        socket.off('error', onError);
        told(ok(header.ends));
      }
    };
    const onEnd = (): void => {
      finish();
      socket.destroy();
    };
    const finish = (): void => {
      stop();
      this.#waiting.delete(socket);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).pause();
    };
    const stop = this.#timers.after(headerTimeoutMs, () => {
      finish();
      told(err('the header did not come'));
    });
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
  }

  /** The server stops. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}
