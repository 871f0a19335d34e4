import { join } from 'node:path';
import type { BlobId } from '#base/id.ts';

/** Where a body lies below its folder; the last characters of an id are chance, so the folders fill evenly. */
export function bodyPath(id: BlobId): string {
  return join(id.slice(-2), id);
}
