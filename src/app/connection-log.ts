import type { ConnectionEvent } from '#net/connection-event.ts';
import { unreachable } from '#base/result.ts';
import type { Event, EventSink } from '#trace/events.ts';

/** What listeners tell of a connection, as events of the one table. */
export function connectionLog(events: EventSink, listener: string): (event: ConnectionEvent) => void {
  return (event) => events.emit(translate(event, listener));
}

function translate(event: ConnectionEvent, listener: string): Event {
  switch (event.kind) {
    case 'bug':
      return { name: 'session-bug', listener, session: event.sessionId, detail: stackOf(event.error) };
    case 'plaintext-after-starttls':
      return { name: 'plaintext-after-starttls', client: event.client, listener, session: event.sessionId };
    case 'wrong-protocol':
      return {
        name: 'wrong-protocol',
        client: event.client,
        listener,
        session: event.sessionId,
        line: event.protocol,
      };
    case 'tls-failed':
      return {
        name: 'tls-failed',
        client: event.client,
        listener,
        session: event.sessionId,
        detail: event.detail,
      };
    case 'compression-damaged':
      return {
        name: 'compression-damaged',
        client: event.client,
        listener,
        session: event.sessionId,
        detail: event.detail,
      };
    case 'connection-refused':
      return {
        name: 'connection-limited',
        client: event.client,
        listener: event.listener,
        limit: event.limit,
        rule: event.rule,
      };
    case 'connection-foreign':
      return { name: 'connection-foreign', client: event.client, listener: event.listener };
    case 'gateway-bypassed':
      return { name: 'gateway-bypassed', client: event.client, listener: event.listener };
    case 'silent':
      return { name: 'connection-silent', client: event.client, listener, session: event.sessionId };
    case 'proxy-refused':
      return { name: 'proxy-refused', client: event.client, listener: event.listener, why: event.why };
    case 'connection-banned':
      return {
        name: 'connection-banned',
        client: event.client,
        listener: event.listener,
        network: event.network,
      };
    case 'listener-trouble':
      return { name: 'listener-trouble', listener: event.listener, detail: event.detail };
    default:
      return unreachable(event);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
