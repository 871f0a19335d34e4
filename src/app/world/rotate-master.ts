import { rm } from 'node:fs/promises';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { createMasterKeyFile, openMasterKey } from '#backends/system/master-key.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Trouble } from '#store/contract/trouble.ts';

export type Rewrap = (next: Secrets) => Promise<Result<number, Trouble>>;

/** Writes a new master key and wraps all keys under it; on failure the new file goes again (STORAGE §4). */
export async function rotateMaster(
  file: string,
  parts: { readonly random: Random; readonly rewrap: Rewrap },
): Promise<Result<{ readonly keys: number; readonly masterKeyId: string }, AdminError>> {
  const made = await createMasterKeyFile(file, parts.random);
  if (!made.ok)
    return err(adminError(made.error.code === 'exists' ? 'exists' : 'disk', made.error.detail, file));
  const opened = await openMasterKey(`file:${file}`, { random: parts.random, credentialsFolder: undefined });
  const rewrapped = opened.ok ? await parts.rewrap(opened.value) : undefined;
  if (opened.ok && rewrapped?.ok === true)
    return ok({ keys: rewrapped.value, masterKeyId: opened.value.masterKeyId });
  await rm(file, { force: true });
  if (!opened.ok) return err(adminError('master-key', opened.error.detail, file));
  return rewrapped === undefined || rewrapped.ok
    ? err(adminError('bug', 'nothing was rewrapped'))
    : err(troubleError(rewrapped.error, { where: file }));
}
