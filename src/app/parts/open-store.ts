import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { threadsWished } from '#backends/sqlite/account-threads.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { openSecrets } from './open-secrets.ts';
import type { World } from './world.ts';

export interface OpenedStore {
  readonly store: SqliteStore;
  readonly secrets: Secrets;
}

/**
 * The master key, then the store under it. The caller holds the data folder's lock.
 * @param role a lone command needs no threads
 */
export async function openStore(
  configuration: Configuration,
  world: World,
  role: 'server' | 'command',
): Promise<Result<OpenedStore, AdminError>> {
  const { clock, random, events } = world;
  const { dataDir: dir } = configuration;
  const secrets = await openSecrets(configuration, world);
  if (!secrets.ok) return secrets;
  const threads = role === 'server' ? threadsWished() : 'inline';
  const store = await openSqliteStore({ dir, secrets: secrets.value, clock, random, events, threads });
  return store.ok ? ok({ store: store.value, secrets: secrets.value }) : err(openError(store.error, dir));
}

function openError(trouble: Trouble, dataDir: string): AdminError {
  if (trouble.code === 'unavailable' && trouble.detail.includes('master key'))
    return adminError('master-key', trouble.detail, 'keys.master');
  return troubleError(trouble, { where: dataDir });
}
