import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DialFailure, Dialer, Stream, TlsFacts } from './dialer.ts';
import { noFailures } from './fake-failures.ts';
import type { FailureSchedule } from './fake-failures.ts';

/** Answers a connection: the other end of the caller's stream. */
export type FakeListener = (stream: Stream) => void;

export interface FakeDialer extends Dialer {
  /** Answers at this address until the returned function is called. */
  listen(host: string, port: number, listener: FakeListener): () => void;
}

/** Bytes that wait unread in one direction before `write` waits too. */
const pipeBytesMax = 65_536;

const facts: TlsFacts = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  group: 'X25519',
  peerVerified: true,
};

/**
 * Joins callers and listeners by byte pipes in this process. `secure` succeeds at once on both ends and
 * changes nothing. The schedule's `dial` failures refuse, `read` and `write` failures reset the connection.
 */
export function createFakeDialer(failures: FailureSchedule = noFailures): FakeDialer {
  const listeners = new Map<string, FakeListener>();
  return {
    listen(host, port, listener) {
      const place = `${host} ${port}`;
      listeners.set(place, listener);
      return () => {
        if (listeners.get(place) === listener) listeners.delete(place);
      };
    },
    async open(target, signal) {
      if (signal.aborted) return err('aborted');
      const listener = listeners.get(`${target.host} ${target.port}`);
      if (listener === undefined || failures.fails('dial')) return err('refused');
      const [here, there] = createStreamPair(target.from ?? '192.0.2.250', target.host, failures);
      listener(there);
      return ok(here);
    },
  };
}

/** Both ends of one connection. */
export function createStreamPair(
  nearAddress: string,
  farAddress: string,
  failures: FailureSchedule = noFailures,
): readonly [Stream, Stream] {
  const out = createPipe();
  const back = createPipe();
  return [
    pairEnd({ local: nearAddress, remote: farAddress, incoming: back, outgoing: out, failures }),
    pairEnd({ local: farAddress, remote: nearAddress, incoming: out, outgoing: back, failures }),
  ];
}

interface PairEnd {
  readonly local: string;
  readonly remote: string;
  readonly incoming: Pipe;
  readonly outgoing: Pipe;
  readonly failures: FailureSchedule;
}

function pairEnd({ local, remote, incoming, outgoing, failures }: PairEnd): Stream {
  const reset = (): Result<never, DialFailure> => {
    incoming.break();
    outgoing.break();
    return err('reset');
  };
  return {
    remoteAddress: remote,
    localAddress: local,
    read: async (signal) => (failures.fails('read') ? reset() : incoming.read(signal)),
    write: async (bytes, signal) => (failures.fails('write') ? reset() : outgoing.write(bytes, signal)),
    secure: async (tls) => ok({ ...facts, serverName: tls.serverName.toLowerCase() }),
    close() {
      outgoing.end();
      incoming.end();
    },
  };
}

interface Pipe {
  read(signal: AbortSignal): Promise<Result<Uint8Array | undefined, DialFailure>>;
  write(bytes: Uint8Array, signal: AbortSignal): Promise<Result<void, DialFailure>>;
  end(): void;
  break(): void;
}

function createPipe(): Pipe {
  const chunks: Uint8Array[] = [];
  let waitingBytes = 0;
  let state: 'open' | 'ended' | 'broken' = 'open';
  let waiters: (() => void)[] = [];

  const isFull = (): boolean => state === 'open' && waitingBytes >= pipeBytesMax;

  function changed(): void {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  }

  function change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      waiters.push(done);
    });
  }

  return {
    async read(signal) {
      for (;;) {
        if (state === 'broken') return err('reset');
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          waitingBytes -= chunk.length;
          changed();
          return ok(chunk);
        }
        if (state === 'ended') return ok(undefined);
        if (signal.aborted) return err('aborted');
        await change(signal);
      }
    },
    async write(bytes, signal) {
      while (isFull()) {
        if (signal.aborted) return err('aborted');
        await change(signal);
      }
      if (state !== 'open') return err('reset');
      if (bytes.length > 0) chunks.push(bytes.slice());
      waitingBytes += bytes.length;
      changed();
      return ok(undefined);
    },
    end() {
      if (state === 'open') state = 'ended';
      changed();
    },
    break() {
      state = 'broken';
      chunks.length = 0;
      changed();
    },
  };
}
