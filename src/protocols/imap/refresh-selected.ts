import type { Done } from './response/done.ts';
import { troubleDone } from './response/trouble.ts';
import type { AccountWorld, AnyWorld } from './world.ts';

/** Brings the view of the selected mailbox up to date, notice or not: a lost notice shall do no harm. */
export async function refreshSelected(world: AnyWorld | AccountWorld): Promise<Done | undefined> {
  if (!('selected' in world) || world.selected === undefined) return undefined;
  const refreshed = await world.selected.view.refresh();
  return refreshed.ok ? undefined : troubleDone(refreshed.error);
}
