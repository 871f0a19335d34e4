import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { LocalDelivery } from '#delivery/local/local-delivery.ts';
import { queueLimits } from '#delivery/queue/queue-limits.ts';
import type { Lease, Queue } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { World } from './world.ts';

export interface ReplayParts {
  readonly queue: Queue;
  readonly local: LocalDelivery;
  readonly world: World;
  readonly owner: string;
  /** Takes what goes to other servers, which nobody has to wait for. */
  readonly dispatch: (leases: readonly Lease[]) => void;
}

/**
 * Delivers what a stopped process left for our own mailboxes, in queue order, before sessions are let in: who saw a
 * UID before finds the same message under it (STORAGE §2).
 */
export async function replayQueue(parts: ReplayParts): Promise<Result<void, Trouble>> {
  const { clock } = parts.world;
  for (;;) {
    const untilMs = clock.now() + queueLimits.leaseMs;
    const leases = await parts.queue.lease(clock.now(), queueLimits.leasesPerBatch, parts.owner, untilMs);
    if (!leases.ok) return leases;
    if (leases.value.length === 0) break;
    const remote = leases.value.filter((lease) => !isLocal(lease));
    if (remote.length > 0) parts.dispatch(remote);
    for (const lease of leases.value) if (isLocal(lease)) await parts.local.deliver([lease]);
  }
  await parts.local.flush();
  return ok(undefined);
}

function isLocal({ entry, recipients }: Lease): boolean {
  return entry.recipients[recipients[0] ?? -1]?.route.kind === 'local';
}
