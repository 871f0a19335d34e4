import type { EventRow, FieldKind } from './event-row.ts';
import { connectionEvents } from './events/connection-events.ts';
import { deliveryEvents } from './events/delivery-events.ts';
import { downstreamEvents } from './events/downstream-events.ts';
import { intrusionEvents } from './events/intrusion-events.ts';
import { listEvents } from './events/list-events.ts';
import { loginEvents } from './events/login-events.ts';
import { receivingEvents } from './events/receiving-events.ts';
import { sendingEvents } from './events/sending-events.ts';
import { serverEvents } from './events/server-events.ts';
import { storeEvents } from './events/store-events.ts';

/**
 * Every event this server raises: its fields and its meaning, by theme. The table is the documentation
 * (`docs/reference/events.md` is drawn from it), the types below come from it, and the log and the
 * metrics know nothing else.
 */
const table = {
  ...connectionEvents,
  ...sendingEvents,
  ...downstreamEvents,
  ...loginEvents,
  ...intrusionEvents,
  ...receivingEvents,
  ...listEvents,
  ...deliveryEvents,
  ...storeEvents,
  ...serverEvents,
} as const satisfies Readonly<Record<string, EventRow>>;

type Table = typeof table;
export type EventName = keyof Table;

type ValueOf<K extends FieldKind> = K extends `count${string}` ? number : string;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends `${string}?` ? never : K }[keyof F];
type OptionalKeys<F> = { [K in keyof F]: F[K] extends `${string}?` ? K : never }[keyof F];
type FieldsOf<F extends Readonly<Record<string, FieldKind>>> = {
  readonly [K in RequiredKeys<F>]: ValueOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> | undefined };

/** One event: its name and exactly the fields that its row names. */
export type Event = { [N in EventName]: { readonly name: N } & FieldsOf<Table[N]['fields']> }[EventName];

export const eventTable: Readonly<Record<EventName, EventRow>> = table;

/** Where events go. `emit` never throws and never waits. */
export interface EventSink {
  emit(event: Event): void;
}

/** For tests, and for parts that are run without a log. */
export const silentEvents: EventSink = { emit: () => undefined };
