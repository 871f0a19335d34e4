import type { Socket } from 'node:net';
import type { ConnectionFacts } from '#protocols/conversation.ts';
import type { ServerTls } from './server-tls.ts';

/** A connection that was let in, as its listener sees it when the server stops. */
export interface OpenConnection {
  /** Ends now if nothing is under way, else when that is done. */
  drain(): void;
  /** Says goodbye whatever is under way. */
  drainNow(): void;
  abort(): void;
}

/** A connection as it is given to what is no line protocol. */
export interface AcceptedConnection {
  readonly socket: Socket;
  /** TLS comes first, with this. */
  readonly tls: ServerTls | undefined;
  readonly facts: Pick<
    ConnectionFacts,
    'sessionId' | 'listener' | 'client' | 'exempt' | 'localAddress' | 'localPort'
  >;
  /** To be called once, after the connection has ended. */
  readonly over: () => void;
}

/** Takes connections over once they are let in, and looks after them itself. */
export interface ConnectionTaker {
  take(accepted: AcceptedConnection): OpenConnection;
}
