import type { TraceId } from '#base/id.ts';
import type { Event, EventSink } from '#trace/events.ts';
import type { Finding } from './finding.ts';
import type { TransactionContext } from './intake.ts';

export interface RefusedEvent {
  readonly events: EventSink;
  readonly context: TransactionContext;
  readonly finding: Finding;
  readonly trace: TraceId;
}

/** Tells of a refusal under the name that its check goes by. */
export function emitRefused(refused: RefusedEvent): void {
  refused.events.emit(eventOf(refused));
}

function eventOf({ context, finding, trace }: RefusedEvent): Event {
  const { client, listener, sessionId: session } = context;
  const common = { client, listener, session, trace };
  const { check, about = '', detail = '' } = finding;
  const { status } = finding.refusal;
  switch (check) {
    case 'relay':
      return { name: 'relay-refused', ...common, form: detail, recipient: about };
    case 'recipient':
    case 'recipients':
    case 'room':
      return { name: 'recipient-refused', ...common, status, recipient: about };
    case 'sender':
    case 'header-from':
      return { name: 'sender-refused', ...common, where: check, sender: about };
    case 'smuggling':
      return { name: 'smuggling', ...common, what: detail };
    case 'sending-limit':
      return { name: 'sending-limited', ...common, status, limit: detail, sender: about };
    default:
      return { name: 'attempt-refused', ...common, check, status };
  }
}
