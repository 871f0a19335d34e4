import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { systemFlags } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { SelectedWorld } from './world.ts';

/** Removes messages that are \Deleted, and leaves it to the session's news to say so. */
export async function expungeDeleted(
  world: SelectedWorld,
  uids: readonly number[] | 'all',
): Promise<Result<void, Trouble>> {
  const { selected } = world;
  // The view decides what there is to remove: a message the session has never heard of stays.
  const fresh = await selected.view.refresh();
  if (!fresh.ok) return fresh;
  const deleted = deletedUids(world, uids);
  if (deleted.length === 0) return ok(undefined);
  const gone = await world.store.messages.expunge(world.account, selected.id, deleted, true);
  if (!gone.ok) return gone;
  return selected.view.refresh();
}

function deletedUids(world: SelectedWorld, uids: readonly number[] | 'all'): number[] {
  const { view, reader } = world.selected;
  const deleted: number[] = [];
  const wanted = uids === 'all' ? undefined : new Set(uids);
  for (let index = 0; index < view.count; index += 1) {
    const uid = view.uids[index] ?? 0;
    const isDeleted = ((view.flags[index] ?? 0) & systemFlags['\\Deleted']) !== 0;
    if (isDeleted && reader.knows(uid) && (wanted?.has(uid) ?? true)) deleted.push(uid);
  }
  return deleted;
}
