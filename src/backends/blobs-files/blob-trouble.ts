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

/** These say that the process is short of something now, and nothing of the file. */
const shortages: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** As `blobTrouble`, of reading: a file that the system does not give back is as lost as one that is damaged. */
export function unreadableBlob(error: unknown, file: string): BlobTrouble {
  const trouble = blobTrouble(error, file);
  const lost = trouble.code === 'io' && !shortages.has((error as { readonly code?: unknown }).code);
  return lost ? { code: 'corrupt', file, detail: `it cannot be read: ${trouble.detail}` } : trouble;
}

export function corruptBlob(file: string, detail: string): Failed {
  return err({ code: 'corrupt', file, detail });
}
