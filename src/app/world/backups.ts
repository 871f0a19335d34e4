import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Backups } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';

export function makeBackups(): Backups {
  const needed = async (): Promise<Result<never, AdminError>> =>
    err(adminError('server-stopped', 'backups need the store closed'));
  return { write: needed, read: needed, restore: needed };
}
