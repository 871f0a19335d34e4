import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { addressLiteral } from '#mail/address-literal.ts';
import type { TraceRecord, TraceSession } from '#trace/record.ts';
import type { Origin } from './find-origin.ts';

/** Whom policy judged in a record. */
export interface RecordedClient {
  readonly client: ClientAddress;
  readonly helo: string;
  readonly isClientUnknown: boolean;
}

/** The client of the session, or whose mail it brought (I-59). */
export function recordedClient({ session, facts }: TraceRecord): RecordedClient | undefined {
  const origin = facts['origin'] as Origin | undefined;
  const told = origin?.kind === 'found' ? origin : { client: session.client, helo: heloOf(session, origin) };
  const client = parseClientAddress(told.client);
  const isClientUnknown = origin?.kind === 'undecided';
  return client === undefined ? undefined : { client, helo: told.helo, isClientUnknown };
}

/** Of whom a gateway brings nothing is known, not the name either; what a proxy says of the name is told. */
function heloOf({ client, helo = '' }: TraceSession, origin: Origin | undefined): string {
  return origin?.kind === 'undecided' && origin.hops.length > 0 ? addressLiteral(client) : helo;
}
