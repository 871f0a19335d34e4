import { err, unreachable } from '#base/result.ts';
import type { BlobTrouble } from '#platform/blobs.ts';
import type { Trouble } from './contract/trouble.ts';

type Failed = { readonly ok: false; readonly error: Trouble };

export const notFound = (what: string): Failed => err({ code: 'not-found', what });
export const exists = (what: string): Failed => err({ code: 'exists', what });
export const conflict = (what: string): Failed => err({ code: 'conflict', what });
export const invalid = (what: string): Failed => err({ code: 'invalid', what });
export const beyondLimit = (what: string, max: number): Failed => err({ code: 'limit', what, max });

/** A blob's trouble as the store tells it: a lost or damaged body fences what needs it. */
export function troubleOfBlob(trouble: BlobTrouble): Trouble {
  switch (trouble.code) {
    case 'disk-full':
      return { code: 'disk-full', detail: trouble.detail };
    case 'not-found':
      return { code: 'fenced', file: trouble.detail, detail: 'the body is missing' };
    case 'corrupt':
      return { code: 'fenced', file: trouble.file, detail: trouble.detail };
    case 'io':
      return { code: 'unavailable', detail: `${trouble.file}: ${trouble.detail}` };
    default:
      return unreachable(trouble);
  }
}
