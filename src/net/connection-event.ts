/** What happens to a connection outside its protocol; `trace/` and the logs are told. */
export type ConnectionEvent =
  /** An exception of ours: the connection was closed, the server goes on. */
  | { readonly kind: 'bug'; readonly sessionId: string; readonly error: unknown }
  /** RFC 3207: commands sent in the clear behind STARTTLS, hoping to be taken for encrypted ones. */
  | { readonly kind: 'plaintext-after-starttls'; readonly sessionId: string; readonly client: string }
  /** S-08: a browser was made to speak to a mail port, or somebody sent a PROXY header where none is expected. */
  | {
      readonly kind: 'wrong-protocol';
      readonly sessionId: string;
      readonly client: string;
      readonly protocol: 'HTTP' | 'PROXY';
    }
  /** A connection to a listener behind a proxy that did not come by one, or whose header is wrong. */
  | {
      readonly kind: 'proxy-refused';
      readonly listener: string;
      readonly client: string;
      readonly why: string;
    }
  | {
      readonly kind: 'tls-failed';
      readonly sessionId: string;
      readonly client: string;
      readonly detail: string;
    }
  /** What a client sent after COMPRESS cannot be inflated. */
  | {
      readonly kind: 'compression-damaged';
      readonly sessionId: string;
      readonly client: string;
      readonly detail: string;
    }
  /** P-29 to P-31. */
  | {
      readonly kind: 'connection-refused';
      readonly listener: string;
      readonly client: string;
      readonly limit: string;
      /** The rule of flow control that denied it, or whose limit it met (I-92). */
      readonly rule?: string | undefined;
    }
  /** S-01: the listener is for the clients of certain networks. */
  | { readonly kind: 'connection-foreign'; readonly listener: string; readonly client: string }
  /** I-59: the listener is for its gateways only. */
  | { readonly kind: 'gateway-bypassed'; readonly listener: string; readonly client: string }
  /** I-87: it came and went without a word, or had only TLS to say. */
  | { readonly kind: 'silent'; readonly sessionId: string; readonly client: string }
  /** I-80: not let in at all. */
  | {
      readonly kind: 'connection-banned';
      readonly listener: string;
      readonly client: string;
      readonly network: string;
    }
  /** The listening socket itself is in trouble (out of descriptors, …). */
  | { readonly kind: 'listener-trouble'; readonly listener: string; readonly detail: string };

export type ConnectionEvents = (event: ConnectionEvent) => void;
