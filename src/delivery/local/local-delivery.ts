import type { Clock } from '#platform/clock.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import { deliverRecipient } from './deliver-recipient.ts';
import { inPortions } from './in-portions.ts';
import { leaseReport } from './lease-report.ts';
import { SettleLots, settleLotMs } from './settle-lots.ts';

/** Puts accepted mail into our own mailboxes, exactly once by the account's ledger (STORAGE §2). */
export interface LocalDelivery {
  /**
   * Resolves when each recipient's account has committed the message (readers see it) or could not; settles the
   * leases by itself, in lots, once the accounts are synced. Never rejects for the world's trouble.
   */
  deliver(leases: readonly Lease[]): Promise<void>;
  /** Syncs and settles at once what still waits for its lot. */
  flush(): Promise<void>;
}

export interface LocalDeliveryParts {
  readonly store: Pick<Store, 'messages' | 'mailboxes' | 'queue' | 'traces'>;
  readonly clock: Clock;
  readonly events: EventSink;
  /** How long a delivered message may wait for its lot; a lot is one sync per account and few queue commits. */
  readonly lotMs?: number;
}

/** Deliveries under way for one lease; the storage threads take them in batches. */
const deliveriesAtOnce = 256;

export function createLocalDelivery(parts: LocalDeliveryParts): LocalDelivery {
  const lots = new SettleLots({ ...parts, lotMs: parts.lotMs ?? settleLotMs });
  const deliverLease = async (lease: Lease): Promise<void> => {
    const report = leaseReport(parts, lease);
    await inPortions(lease.recipients, deliveriesAtOnce, async (index) => {
      const outcome = await deliverRecipient(parts, lease, index);
      if (outcome.kind === 'committed') lots.committed({ lease, index, account: outcome.account });
      else lots.settleSoon({ lease, recipients: [index], outcome: outcome.outcome });
      report.add(outcome);
    });
    report.done();
  };
  return {
    deliver: (leases) => inPortions(leases, leases.length, deliverLease),
    flush: () => lots.flush(),
  };
}
