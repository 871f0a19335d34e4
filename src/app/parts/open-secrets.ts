import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';
import { openMasterKey } from '#backends/system/master-key.ts';
import type { Configuration } from '#config/configuration.ts';
import { spellMasterKey } from '#config/kinds/master-key.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { World } from './world.ts';

/** The master key that the configuration names. */
export async function openSecrets(
  { masterKey }: Pick<Configuration, 'masterKey'>,
  { random }: Pick<World, 'random'>,
): Promise<Result<Secrets, AdminError>> {
  const credentialsFolder = process.env['CREDENTIALS_DIRECTORY'];
  const opened = await openMasterKey(spellMasterKey(masterKey), { random, credentialsFolder });
  return opened.ok ? opened : err(adminError('master-key', opened.error.detail, 'keys.master'));
}
