import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DialFailure, DialTarget, Dialer, Stream } from '#platform/dialer.ts';
import { SocketStream, failureOf } from './socket-stream.ts';

export interface DialerOptions {
  /** Certificates (PEM) of authorities to believe besides the usual ones. */
  readonly authorities?: readonly string[];
}

/** Dials addresses, never names: what was resolved and judged is what is dialled (S-06). */
export function createDialer(options: DialerOptions = {}): Dialer {
  return {
    async open(target, signal) {
      if (isIP(target.host) === 0) return err('unreachable');
      if (signal.aborted) return err('aborted');
      const socket = await connected(target, signal);
      return socket.ok ? ok(new SocketStream(socket.value, options.authorities ?? []) as Stream) : socket;
    },
  };
}

function connected(target: DialTarget, signal: AbortSignal): Promise<Result<Socket, DialFailure>> {
  const { host, port, from } = target;
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    const finish = (result: Result<Socket, DialFailure>): void => {
      signal.removeEventListener('abort', abort);
      socket.off('connect', stands).off('error', failed);
      if (!result.ok) socket.on('error', () => undefined).destroy();
      resolve(result);
    };
    const abort = (): void => finish(err('aborted'));
    const stands = (): void => finish(ok(socket));
    const failed = (error: Error): void => finish(err(failureOf(error, 'unreachable')));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('connect', stands).on('error', failed);
  });
}
