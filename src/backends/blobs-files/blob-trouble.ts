import { err } from '#base/result.ts';
import type { BlobTrouble } from '#platform/blobs.ts';

type Failed = { readonly ok: false; readonly error: BlobTrouble };

/** What an exception of the file system means for a body. A bug is thrown on. */
export function blobTrouble(error: unknown, file: string): BlobTrouble {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  if (error.code === 'ENOENT') return { code: 'not-found', detail: file };
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return { code: 'disk-full', detail: error.message };
  return { code: 'io', file, detail: error.message };
}

export function corruptBlob(file: string, detail: string): Failed {
  return err({ code: 'corrupt', file, detail });
}
