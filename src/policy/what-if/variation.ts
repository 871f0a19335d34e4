import type { ReplayWish } from '../replay-record.ts';

/** What kind of thing would have been different. */
export type VariationKind = 'fact' | 'action' | 'threshold' | 'points' | 'known' | 'allowed';

/** One thing different, and all else as it was. */
export interface Variation {
  readonly kind: VariationKind;
  /** The check that it is about, where it is about one. */
  readonly check?: string;
  /** Goes on from "… if". */
  readonly words: string;
  readonly wish: ReplayWish;
}
