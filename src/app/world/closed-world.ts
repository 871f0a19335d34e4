import type { AdminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { silentEvents } from '#trace/events.ts';
import { folderBackups } from '../backup/folder-backups.ts';
import { holdDataFolder } from '../data-folder.ts';
import { systemWorld } from '../parts/world.ts';
import type { LoneWorld } from './lone-world.ts';
import { noNotices } from './no-notices.ts';

/** For operations on the store's files: the data folder is held, and the store stays closed. */
export function openClosedWorld(configuration: Configuration): Result<LoneWorld, AdminError> {
  const lock = holdDataFolder(configuration.dataDir);
  if (!lock.ok) return lock;
  const backups = folderBackups(configuration, systemWorld(silentEvents));
  // These operations reach for nothing else; whatever did would fail at once, in its first test.
  const world = { backups, notices: noNotices } as unknown as AdminWorld;
  return ok({ world, close: async () => lock.value.release() });
}
