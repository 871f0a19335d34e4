import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { DataLock } from './data-lock.ts';
import { takeDataLock } from './data-lock.ts';

/** Takes the data folder for this process, or says why not. */
export function holdDataFolder(dataDir: string): Result<DataLock, AdminError> {
  try {
    const lock = takeDataLock(dataDir);
    if (lock.ok) return ok(lock.value);
    return err(
      adminError('store-busy', `${dataDir} is open in another process: is a server running on it?`, dataDir),
    );
  } catch (error) {
    return err(
      adminError('disk', `${dataDir}: ${error instanceof Error ? error.message : String(error)}`, dataDir),
    );
  }
}
