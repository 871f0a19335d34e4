import type { AdminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { silentEvents } from '#trace/events.ts';
import { systemWorld } from '../parts/world.ts';
import { noNotices } from './no-notices.ts';
import { openStored } from './stored.ts';

export interface LoneWorld {
  readonly world: AdminWorld;
  readonly close: () => Promise<void>;
}

/** The store opened by a command itself, because no server runs. */
export async function openLoneWorld(configuration: Configuration): Promise<Result<LoneWorld, AdminError>> {
  await using stack = new AsyncDisposableStack();
  const stored = await openStored(
    configuration,
    { world: systemWorld(silentEvents), role: 'command' },
    stack,
  );
  if (!stored.ok) return stored;
  const world = stored.value.makeAdmin(noNotices);
  const held = stack.move();
  return ok({ world, close: () => held.disposeAsync() });
}
