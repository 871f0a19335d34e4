/** Where a request comes from, as its connection knows. */
export interface WebPeer {
  readonly sessionId: string;
  readonly listener: string;
  /** Canonical text form (S-07), or as a named proxy says. */
  readonly client: string;
  /** Our own address on this connection, canonical. */
  readonly localAddress: string;
  /** TLS stands on this connection. */
  readonly isEncrypted: boolean;
  /** Of a network that limits of rate do not hold for. */
  readonly exemptFromRate: boolean;
}

/** Answers one request; whatever it throws is a bug of ours. */
export type WebHandler = (request: Request, peer: WebPeer) => Promise<Response>;
