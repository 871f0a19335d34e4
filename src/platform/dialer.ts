import type { Result } from '#base/result.ts';

export interface DialTarget {
  /** An IP address in text; names are resolved before. */
  readonly host: string;
  readonly port: number;
  /** The local address to dial from. */
  readonly from?: string;
}

export type DialFailure = 'refused' | 'timeout' | 'unreachable' | 'aborted' | 'reset' | 'forbidden';

/** What a handshake settled. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  readonly group?: string;
  /** SNI name that the client asked for, lower case. */
  readonly serverName?: string;
  /** For a client: was the peer's certificate valid for the name, and if not why. */
  readonly peerVerified?: boolean;
  readonly peerProblem?: string;
  /** RFC 9266 `tls-exporter` channel binding, 32 bytes; TLS 1.3 only. */
  readonly exporter?: () => Uint8Array;
}

export interface TlsRequest {
  readonly serverName: string;
  /** Fail when the certificate does not hold for `serverName`; else only record it (opportunistic). */
  readonly verify: boolean;
}

export type TlsFailure = {
  readonly kind: 'handshake' | 'certificate' | 'timeout' | 'closed';
  readonly detail: string;
};

/** A connection as a pull of bytes; every call bounded by the signal. `undefined` is the end. */
export interface Stream {
  readonly remoteAddress: string;
  readonly localAddress: string;
  read(signal: AbortSignal): Promise<Result<Uint8Array | undefined, DialFailure>>;
  write(bytes: Uint8Array, signal: AbortSignal): Promise<Result<void, DialFailure>>;
  secure(tls: TlsRequest, signal: AbortSignal): Promise<Result<TlsFacts, TlsFailure>>;
  close(): void;
}

export interface Dialer {
  open(target: DialTarget, signal: AbortSignal): Promise<Result<Stream, DialFailure>>;
}
