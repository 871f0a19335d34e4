import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect, rootCertificates } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DialFailure, Stream, TlsFacts, TlsFailure, TlsRequest } from '#platform/dialer.ts';

/** S-08: a hybrid post-quantum group first. */
const groups = 'X25519MLKEM768:X25519:P-256:P-384:P-521';
/**
 * Forward secrecy only (I-23). Finite-field DHE, SHA-1 in a MAC and keys of 1,024 bits stay: encryption that is
 * only opportunistic is still better than none, and who wants more verifies.
 */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'HIGH:!aNULL:!eNULL:!kRSA:!kECDH:!PSK:!SRP:!CAMELLIA:!ARIA:@SECLEVEL=1',
].join(':');
/** S-08: no compression, no renegotiation. */
const secureOptions = constants.SSL_OP_NO_COMPRESSION | constants.SSL_OP_NO_RENEGOTIATION;

/** A socket as a pull of bytes: nothing is read that nobody asked for, beyond the stream's own buffer. */
export class SocketStream implements Stream {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly #authorities: readonly string[];
  #socket: Socket;
  #failure: DialFailure | undefined;
  #ended = false;
  #changed: () => void = () => undefined;

  constructor(socket: Socket, authorities: readonly string[]) {
    this.#socket = socket;
    this.#authorities = authorities;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.localAddress = socket.localAddress ?? '';
    this.#listen();
  }

  async read(signal: AbortSignal): Promise<Result<Uint8Array | undefined, DialFailure>> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null;
      if (chunk !== null) return ok(chunk);
      if (this.#failure !== undefined) return err(this.#failure);
      if (this.#ended) return ok(undefined);
      if (signal.aborted) return err('aborted');
      await this.#change(signal);
    }
  }

  /** Resolves when the system has the bytes; after an abort the connection is of no more use. */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<Result<void, DialFailure>> {
    if (this.#failure !== undefined) return Promise.resolve(err(this.#failure));
    if (signal.aborted) return Promise.resolve(err('aborted'));
    return new Promise((resolve) => {
      const abort = (): void => {
        resolve(err('aborted'));
        this.close();
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#socket.write(bytes, (error) => {
        signal.removeEventListener('abort', abort);
        resolve(error === null || error === undefined ? ok(undefined) : err(failureOf(error, 'reset')));
      });
    });
  }

  /** Bytes that came before the handshake go into it and break it: nothing said in the clear is heard inside. */
  async secure(tls: TlsRequest, signal: AbortSignal): Promise<Result<TlsFacts, TlsFailure>> {
    if (signal.aborted) return err({ kind: 'timeout', detail: 'aborted' });
    if (this.#failure !== undefined || this.#ended) return err({ kind: 'closed', detail: 'closed before' });
    this.#unlisten();
    const secured = await handshake(this.#options(tls), signal);
    if (!secured.ok) {
      this.close();
      return secured;
    }
    this.#socket = secured.value;
    this.#listen();
    return ok(tlsFacts(secured.value, tls));
  }

  close(): void {
    this.#failure ??= 'reset';
    this.#socket.destroy();
    this.#changed();
  }

  #options(tls: TlsRequest): ConnectionOptions {
    return {
      socket: this.#socket,
      // Also what the certificate is held against; an address may not stand in SNI (RFC 6066 §3).
      host: tls.serverName,
      ...(isIP(tls.serverName) === 0 ? { servername: tls.serverName } : {}),
      rejectUnauthorized: tls.verify,
      minVersion: 'TLSv1.2',
      ciphers,
      ecdhCurve: groups,
      secureOptions,
      ...(this.#authorities.length > 0 ? { ca: [...rootCertificates, ...this.#authorities] } : {}),
    };
  }

  readonly #heard = {
    readable: (): void => this.#changed(),
    end: (): void => {
      this.#ended = true;
      this.#changed();
    },
    error: (error: Error): void => this.#fail(failureOf(error, 'reset')),
    close: (): void => this.#fail('reset'),
  };

  #listen(): void {
    for (const [event, listener] of Object.entries(this.#heard)) this.#socket.on(event, listener);
  }

  #unlisten(): void {
    for (const [event, listener] of Object.entries(this.#heard)) this.#socket.off(event, listener);
    // Whatever still goes wrong with it must not become an uncaught exception.
    this.#socket.on('error', () => undefined);
  }

  #fail(failure: DialFailure): void {
    if (!this.#ended) this.#failure ??= failure;
    this.#changed();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#changed = () => undefined;
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#changed = done;
    });
  }
}

function handshake(options: ConnectionOptions, signal: AbortSignal): Promise<Result<TLSSocket, TlsFailure>> {
  return new Promise((resolve) => {
    const socket = connect(options);
    const finish = (result: Result<TLSSocket, TlsFailure>): void => {
      signal.removeEventListener('abort', abort);
      socket.off('secureConnect', secured).off('error', failed).off('close', closed);
      socket.on('error', () => undefined);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const abort = (): void => finish(err({ kind: 'timeout', detail: 'no handshake in time' }));
    const secured = (): void => finish(ok(socket));
    const failed = (error: Error): void => finish(err(tlsFailure(error, socket)));
    const closed = (): void => finish(err({ kind: 'closed', detail: 'closed during the handshake' }));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('secureConnect', secured).on('error', failed).on('close', closed);
  });
}

function tlsFailure(error: Error, socket: TLSSocket): TlsFailure {
  const code = codeOf(error);
  if (code === 'ECONNRESET') return { kind: 'closed', detail: 'connection reset during the handshake' };
  const certificate = code === 'ERR_TLS_CERT_ALTNAME_INVALID' || socket.authorizationError !== null;
  return {
    kind: certificate && isVerifyCode(code) ? 'certificate' : 'handshake',
    detail: code || error.message,
  };
}

/** OpenSSL's reasons not to believe a certificate have no `ERR_SSL_` in front. */
function isVerifyCode(code: string): boolean {
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' || (code !== '' && !/^(?:ERR_|E[A-Z]+$)/.test(code));
}

function tlsFacts(socket: TLSSocket, tls: TlsRequest): TlsFacts {
  const key = socket.getEphemeralKeyInfo();
  const group = key !== null && 'name' in key ? key.name : undefined;
  const problem = socket.authorized ? undefined : String(socket.authorizationError ?? 'not verified');
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    ...(group === undefined ? {} : { group }),
    serverName: tls.serverName.toLowerCase(),
    peerVerified: socket.authorized,
    ...(problem === undefined ? {} : { peerProblem: problem }),
    ...(socket.getProtocol() === 'TLSv1.3' ? { exporter: () => exporterOf(socket) } : {}),
  };
}

/** RFC 9266 §4.2. */
function exporterOf(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const failures: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
};

/** What an error of a socket means; `other` for those without a row. */
export function failureOf(error: Error, other: DialFailure): DialFailure {
  return failures[codeOf(error)] ?? other;
}
