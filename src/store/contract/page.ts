/** One page of a list, at most 256 items; `next` is given back to go on, `undefined` at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export const pageItemsMax = 256;
