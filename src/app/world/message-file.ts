import { open } from 'node:fs/promises';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** A message that a person gives us to look at; the largest that the server can be set to take is smaller (S-09). */
const fileBytesMax = 256 * 1024 * 1024;

/** The bytes of one message in a file. */
export async function readMessageFile(path: string): Promise<Result<Uint8Array, AdminError>> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > fileBytesMax) return err(adminError('limit', `${path} is larger than any message`, path));
    return ok(await file.readFile());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return err(adminError('file-not-found', `${path}: ${code}`, path));
  }
}
