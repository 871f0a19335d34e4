import type { Lease, QueueEntry, QueueRecipient, Settlement } from '#store/contract/queue.ts';
import { routeGroup } from '#store/queue-route.ts';
import { writeMembers } from './queue-members.ts';
import type { EntryToSeal, QueueSealing } from './queue-sealing.ts';
import type { AddedEntry, Done, Settling, Settlings } from './queue-worker.ts';

/* What the queue's thread is told of mail that is added and of recipients that are settled. */

export type IsHeld = (recipient: QueueRecipient) => boolean;

/** Who works on what is added: whoever leases it next, its adder, or for some of it nobody before a person says so. */
export type Leasing = { readonly id: () => string; readonly untilMs: number } | IsHeld;

/** Groups are numbered in the order in which their first recipients come. */
export function addedEntry(entry: QueueEntry, toSeal: EntryToSeal, leasing: Leasing | undefined): AddedEntry {
  const groups = groupsOf(entry.recipients);
  const isHeld = typeof leasing === 'function' ? leasing : undefined;
  const held = isHeld && heldGroups(entry.recipients, groups, isHeld);
  if (leasing === undefined || typeof leasing === 'function')
    return { ...toSeal, groups, held, leases: undefined, nextAtMs: entry.receivedAtMs };
  return { ...toSeal, groups, held, leases: groups.map(leasing.id), nextAtMs: leasing.untilMs };
}

/** Numbers of recipients that go the same way. */
function groupsOf(recipients: readonly QueueRecipient[]): readonly (readonly number[])[] {
  // Of most mail.
  if (recipients.length === 1) return [[0]];
  const byRoute = Map.groupBy(recipients.entries(), ([, { route }]) => routeGroup(route));
  return [...byRoute.values()].map((group) => group.map(([n]) => n));
}

function heldGroups(
  recipients: readonly QueueRecipient[],
  groups: readonly (readonly number[])[],
  isHeld: IsHeld,
): readonly number[] {
  const isHeldAt = (n: number): boolean => recipients.slice(n, n + 1).some(isHeld);
  return groups.flatMap((members, grp) => (members.some(isHeldAt) ? [grp] : []));
}

export function leasesOf(
  entry: QueueEntry,
  { groups, leases = [] }: AddedEntry,
  untilMs: number,
): readonly Lease[] {
  return leases.map((id, number) => ({ id, entry, recipients: groups[number] ?? [], attempt: 1, untilMs }));
}

/**
 * Of an erased account nothing is left to write down: its recipients are done. While a key cannot
 * be read the lease stays, and runs out.
 */
export function settlingsOf(sealing: QueueSealing, settlements: readonly Settlement[]): Settlings {
  const done: Done[] = [];
  const settle: Settling[] = [];
  for (const { lease, recipients, outcome } of settlements) {
    const { id } = lease.entry;
    if (outcome.kind === 'done') {
      // The thread takes the word of any lease that something is done, so of none for what it never held.
      done.push([id, writeMembers(recipients.filter((n) => lease.recipients.includes(n)))]);
      continue;
    }
    const last = sealing.sealAttempt(lease.entry, lease.id, outcome.attempt);
    if (!last.ok) {
      if (last.error.code === 'not-found') done.push([id, writeMembers(recipients)]);
      continue;
    }
    const nextAtMs = outcome.kind === 'held' ? outcome.attempt.atMs : outcome.atMs;
    const state = outcome.kind === 'held' ? 'held' : 'waiting';
    settle.push({ id, lease: lease.id, recipients, state, nextAtMs, last: last.value });
  }
  return { done, settle };
}
