import type { Domain } from '#mail/domain.ts';
import type { DkimSigner } from '#mailauth/dkim-signer.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Store } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import type { DestinationRules } from './destination-rules.ts';
import type { SilentServers } from './silent-servers.ts';
import type { TlsMemory } from './tls-memory.ts';
import type { Transport } from './transport.ts';

export interface OutboundParts {
  readonly store: Pick<Store, 'queue' | 'traces' | 'accounts' | 'domains' | 'counters' | 'blobs'>;
  readonly transport: Transport;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  /** Our name for EHLO and in reports. */
  readonly hostname: Domain;
  readonly rules: DestinationRules;
  /** Something new is in the queue: a notification for the sender. */
  readonly queued?: () => void;
}

/** What all attempts share. */
export interface AttemptParts extends OutboundParts {
  readonly signer: DkimSigner;
  readonly tls: TlsMemory;
  readonly silent: SilentServers;
}
