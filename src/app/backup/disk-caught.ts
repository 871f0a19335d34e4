import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';

/** The system's errors while files are read and written, as an administrator's error. */
export async function diskCaught<T>(
  where: string,
  work: () => Promise<Result<T, AdminError>>,
): Promise<Result<T, AdminError>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    return err(adminError(error.code === 'ENOSPC' ? 'disk-full' : 'disk', error.message, where));
  }
}
