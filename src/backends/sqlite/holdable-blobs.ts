import type { BlobId } from '#base/id.ts';
import type { Blobs } from '#platform/blobs.ts';

/** Bodies whose removal can be put off, so that a backup finds every body that its copied records name. */
export interface HoldableBlobs extends Blobs {
  /** Puts removals off until the returned function is called, and all other holds have ended. */
  hold(): () => Promise<void>;
  readonly held: boolean;
}

/** A process that ends while it holds leaves bodies behind that nothing names: they cost room, no mail. */
export function holdableBlobs(blobs: Blobs): HoldableBlobs {
  const waiting = new Set<BlobId>();
  let holds = 0;

  async function release(): Promise<void> {
    holds -= 1;
    if (holds > 0) return;
    const ids = [...waiting];
    waiting.clear();
    for (const id of ids) await blobs.remove(id);
  }

  return {
    ...blobs,
    async remove(id) {
      if (holds === 0) await blobs.remove(id);
      else waiting.add(id);
    },
    get held() {
      return holds > 0;
    },
    hold() {
      holds += 1;
      let released: Promise<void> | undefined;
      return () => (released ??= release());
    },
  };
}
