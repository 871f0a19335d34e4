import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { WebHandler, WebPeer } from '#web/web-peer.ts';
import type { ConnectionEvents } from '../connection-event.ts';
import type { AcceptedConnection, ConnectionTaker, OpenConnection } from '../open-connection.ts';
import { secureServerSocket } from '../server-tls.ts';
import type { Timers } from '../timers.ts';
import { HttpConnection } from './http-connection.ts';

/** Bytes of request line and header fields. */
export const headBytesMax = 16 * 1024;
/** Header fields that are looked at; no browser sends half of them. */
const fieldsMax = 100;
/** Requests on one connection. */
const requestsMax = 200;

export interface HttpServerParts {
  readonly handler: WebHandler;
  readonly timers: Timers;
  readonly events: ConnectionEvents;
}

/** HTTP/1.1 on connections that a listener let in: Node's parser, our clocks and bounds, one handler. */
export class HttpServer implements ConnectionTaker {
  readonly #parts: HttpServerParts;
  readonly #server: Server;
  readonly #open = new WeakMap<Socket, { readonly connection: HttpConnection; readonly peer: WebPeer }>();

  constructor(parts: HttpServerParts) {
    this.#parts = parts;
    const answer = getRequestListener(
      (request, { incoming }) => this.#handle(request, incoming as IncomingMessage),
      { overrideGlobalObjects: false, errorHandler: () => new Response(null, { status: 400 }) },
    );
    // Its own clocks run only for sockets that it listened for itself.
    const noClocks = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 };
    this.#server = createServer({ ...noClocks, maxHeaderSize: headBytesMax }, (incoming, outgoing) => {
      if (this.#mayAnswer(incoming, outgoing)) void answer(incoming, outgoing);
    });
    this.#server.maxHeadersCount = fieldsMax;
    this.#server.maxRequestsPerSocket = requestsMax;
  }

  take(accepted: AcceptedConnection): OpenConnection {
    const { socket } = accepted;
    const connection = new HttpConnection(socket, this.#parts.timers);
    socket.on('error', () => undefined);
    // Of a socket that is gone already no news would come any more.
    if (socket.destroyed) queueMicrotask(accepted.over);
    else {
      socket.once('close', () => {
        connection.gone();
        accepted.over();
      });
      void this.#begin(accepted, connection);
    }
    return connection;
  }

  async #begin({ socket, tls, facts }: AcceptedConnection, connection: HttpConnection): Promise<void> {
    const { timers, events } = this.#parts;
    const { sessionId, client, listener, localAddress, exempt } = facts;
    const peer = { sessionId, client, listener, localAddress, exemptFromRate: exempt.has('rate') };
    if (tls === undefined) {
      this.#serve(socket, connection, { ...peer, isEncrypted: false });
      return;
    }
    const secured = await secureServerSocket(socket, tls, timers);
    if (secured.ok) this.#serve(secured.value.socket, connection, { ...peer, isEncrypted: true });
    else {
      events({ kind: 'tls-failed', sessionId, client, detail: secured.error.detail });
      socket.destroy();
    }
  }

  #serve(socket: Socket, connection: HttpConnection, peer: WebPeer): void {
    if (socket.destroyed) return;
    this.#open.set(socket, { connection, peer });
    connection.begin(socket);
    this.#server.emit('connection', socket);
    // A PROXY header may have been taken off before: then it stands paused.
    socket.resume();
  }

  #mayAnswer({ socket }: IncomingMessage, outgoing: ServerResponse): boolean {
    const connection = this.#open.get(socket)?.connection;
    if (connection?.requested() !== true) return false;
    outgoing.once('close', () => connection.answered());
    return true;
  }

  async #handle(request: Request, { socket }: IncomingMessage): Promise<Response> {
    const open = this.#open.get(socket);
    if (open === undefined) return new Response(null, { status: 400 });
    const { peer, connection } = open;
    try {
      const response = await this.#parts.handler(request, peer);
      if (connection.isDraining) response.headers.set('Connection', 'close');
      return response;
    } catch (error) {
      this.#parts.events({ kind: 'bug', sessionId: peer.sessionId, error });
      return new Response('Something went wrong on our side.\n', {
        status: 500,
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
      });
    }
  }
}
