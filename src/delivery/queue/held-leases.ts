import { InFlightByKey } from '#base/in-flight-by-key.ts';
import type { Lease, Route } from '#store/contract/queue.ts';
import { routeGroup } from '#store/queue-route.ts';

/**
 * `started`: nobody works on it yet. `replaced`: its recipients are being worked on; it only replaces the lease
 * they had, if it is the newer one. `busy`: some others of the same message and destination are; try later.
 */
export type Taken = 'started' | 'replaced' | 'busy';

/**
 * The leases this process works on, by message and destination. When the wall clock jumps ahead, leases run out
 * under running attempts and the queue grants new ones for the same recipients: the newest is remembered, so that
 * nothing is begun twice, and what waits is put off under a lease that still holds (S-12). What is done is done under any.
 */
export class HeldLeases {
  readonly #leases = new InFlightByKey<Lease>();
  #bodyBytes = 0;

  get count(): number {
    return this.#leases.size;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  take(lease: Lease): Taken {
    const key = leaseKey(lease);
    const known = this.#leases.get(key);
    if (known !== undefined && known.recipients.join() !== lease.recipients.join()) return 'busy';
    // A lease ends before the queue grants another. One that comes late, after its successor, settles nothing any more.
    if (known === undefined || lease.untilMs > known.untilMs) this.#leases.set(key, lease);
    if (known !== undefined) return 'replaced';
    this.#bodyBytes += bodyBytesOf(lease);
    return 'started';
  }

  current(lease: Lease): Lease {
    return this.#leases.get(leaseKey(lease)) ?? lease;
  }

  release(lease: Lease): void {
    if (this.#leases.take(leaseKey(lease)) !== undefined) this.#bodyBytes -= bodyBytesOf(lease);
  }
}

function leaseKey(lease: Lease): string {
  const route = routeOf(lease);
  return `${lease.entry.id} ${route === undefined ? '' : routeGroup(route)}`;
}

/** What of a message stands in memory with its lease. */
export function bodyBytesOf(lease: Lease): number {
  return lease.entry.body.kind === 'bytes' ? lease.entry.body.bytes.byteLength : 0;
}

/** The remote domain of a lease; `undefined`: its recipients are ours. */
export function remoteDestination(lease: Lease): string | undefined {
  const route = routeOf(lease);
  return route?.kind === 'remote' ? route.domain : undefined;
}

/** All recipients of a lease go one way. */
function routeOf({ entry, recipients }: Lease): Route | undefined {
  return entry.recipients[recipients[0] ?? 0]?.route;
}
