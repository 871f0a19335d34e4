import type { WireFrame } from '#base/wire-frame.ts';
import type { Anomalies as LineEndAnomalies } from '#base/line-end-watch.ts';
import type { NetworkSet } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { TlsFacts } from '#platform/dialer.ts';

/**
 * What a line protocol's session and the one conversation loop (`net/conversation.ts`) say to each other.
 * A session never sees a socket: it is given frames and answers with turns, so that it can be driven in
 * a test, in any chunking, without a network. The loop calls it strictly one call at a time.
 */
export interface ProtocolSession {
  /** Once, when the connection stands (after the handshake where TLS is implicit). */
  open(): Awaitable<Turn>;
  /** One frame of what `Turn.next` asked for, or a `wake`, `timeout` or `drain` frame. */
  frame(frame: Frame): Awaitable<Turn>;
  /** TLS stands after `next: tls`: everything known from before is forgotten (RFC 3207 §4.2). */
  secured(tls: TlsFacts): Awaitable<Turn>;
  /** The connection is gone, for whatever reason; called exactly once, last. Free what is held. */
  closed(reason: ClosedReason): Awaitable<void>;
}

export type ClosedReason =
  | 'session'
  | 'peer'
  | 'reset'
  | 'timeout'
  | 'tls-failed'
  | 'plaintext-after-starttls'
  | 'damaged'
  | 'shutdown'
  | 'revoked'
  | 'bug';

/** What the loop gives a session: what came on the wire (`base/wire-frame.ts`), or news of its own. */
export type Frame =
  | WireFrame
  /** The session's own `wake()` was called (news for an idling client, a slow answer is there). Comes only between lines. */
  | { readonly kind: 'wake' }
  /** `Next.timeoutMs` passed without a whole frame: say goodbye; the loop closes after this turn. */
  | { readonly kind: 'timeout' }
  /**
   * The server is stopping: say goodbye; the loop closes after this turn. Comes where nothing is under way, and at the
   * end of the time for stopping anywhere.
   */
  | { readonly kind: 'drain' }
  /** What the peer sends cannot be inflated any more: say goodbye, as with `timeout`. */
  | { readonly kind: 'damaged' }
  /** The account that is logged in was removed, disabled or got another password: say goodbye, as with `timeout`. */
  | { readonly kind: 'revoked' };

export type Anomalies = LineEndAnomalies;

/** Bytes to send in order. An async iterable is pulled only as fast as the peer reads (output bound, S-09). */
export type Output = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export interface Turn {
  readonly output: Output;
  readonly next: Next;
}

export type Next =
  /**
   * `unfinished`: the line goes on with something begun, which a stopping server lets end. `overlong: at-once`: nothing is
   * read behind a line that is too long.
   */
  | {
      readonly kind: 'line';
      readonly limitBytes: number;
      readonly overlong?: 'at-once';
      readonly timeoutMs: number;
      readonly unfinished?: boolean;
    }
  /** `count` is what is still to come: after a piece that is not `last`, answer with the rest. 0 gives an empty last piece. */
  | { readonly kind: 'octets'; readonly count: number; readonly timeoutMs: number }
  | { readonly kind: 'data'; readonly timeoutMs: number }
  /** Upgrade now. If the peer already sent more in the clear, the loop closes (`plaintext-after-starttls`). */
  | { readonly kind: 'tls' }
  /**
   * Compress both directions once this turn's output is sent, then behave as `next` says (RFC 4978). What the peer sent
   * behind its last line is taken for compressed, and never read as it came.
   */
  | { readonly kind: 'compress'; readonly next: Next }
  /** Wait `ms` (tarpit, failed login), only then send this turn's output and behave as its `next` says; what comes meanwhile waits. */
  | {
      readonly kind: 'pause';
      readonly ms: number;
      readonly next: Next;
      /** Instead of this turn, when the peer spoke meanwhile although it was not its turn (P-32). */
      readonly early?: () => Turn;
    }
  /** `agreed`: the peer asked for it (QUIT) and has said everything; nothing more of its is waited for. */
  | { readonly kind: 'close'; readonly agreed?: true };

/** What a session may know of its connection; made by the listener before the session. */
export interface ConnectionFacts {
  /** Unique for this process's life; ties events of one connection together. */
  readonly sessionId: string;
  readonly listener: string;
  readonly role: ListenerRole;
  /** Canonical text form (S-07). */
  readonly client: string;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Set when TLS was implicit. */
  readonly tls: TlsFacts | undefined;
  readonly tlsMode: 'none' | 'starttls' | 'implicit';
  /** Exemptions of the `[[network]]` that the client's address belongs to. */
  readonly exempt: ReadonlySet<Exemption>;
  /** The client is one of these gateways: what it brings comes from others (I-59). */
  readonly gateways?: NetworkSet | undefined;
  /** A peer that speaks for others does not know for whom: `client` is that peer. */
  readonly isClientUnknown?: boolean;
  /**
   * Only for peers that may speak for others (XCLIENT): judges the client as if it had come itself, and from then on
   * `client` and `exempt` are its; `unknown` is nobody in particular. `false`: it is not let in, and the connection is
   * to end.
   */
  readonly become?: ((client: string, clientPort: number | undefined) => Awaitable<boolean>) | undefined;
  /** Asks the loop for a `wake` frame soon; cheap, may be called at any time, many calls make one frame. */
  readonly wake: () => void;
}

export type ListenerRole = 'mx' | 'submission' | 'lmtp' | 'imap' | 'pop3' | 'http';
export type Exemption = 'rate' | 'dns';

/** A role's protocol: makes a session for a connection. */
export type SessionFactory = (facts: ConnectionFacts) => ProtocolSession;
