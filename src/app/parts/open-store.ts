import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { openMasterKey } from '#backends/system/master-key.ts';
import type { Configuration } from '#config/configuration.ts';
import { spellMasterKey } from '#config/kinds/master-key.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Backups } from '#admin/world.ts';
import type { Rewrap } from '../world/rotate-master.ts';
import type { World } from './world.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly rewrap: Rewrap;
  readonly backups: Backups;
}

/** The master key, then the store under it. The caller holds the data folder's lock. */
export async function openStore(
  configuration: Configuration,
  world: World,
): Promise<Result<OpenedStore, AdminError>> {
  const secrets = await openMasterKey(spellMasterKey(configuration.masterKey), {
    random: world.random,
    credentialsFolder: process.env['CREDENTIALS_DIRECTORY'],
  });
  if (!secrets.ok) return err(adminError('master-key', secrets.error.detail, 'keys.master'));
  const store = createMemoryStore({ clock: world.clock, random: world.random });
  const unavailable = err(adminError('unavailable', 'not with a store in memory'));
  return ok({
    store,
    secrets: secrets.value,
    rewrap: async () => err({ code: 'unavailable', detail: 'not with a store in memory' }),
    backups: {
      write: async () => unavailable,
      read: async () => unavailable,
      restore: async () => unavailable,
    },
  });
}
