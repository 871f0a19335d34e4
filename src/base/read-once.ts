import { makeRoom } from './make-room.ts';

/** How much of it is remembered (S-09). */
export interface ReadingsKept {
  readonly entriesMax: number;
  /** Longer texts are read each time. */
  readonly charsMax: number;
}

/**
 * A reader that remembers what it made of a text, for texts that come again and again. What it makes must hang on the
 * text alone and never change; the text that was read first goes first.
 */
export function readOnce<T>(
  read: (text: string) => T,
  { entriesMax, charsMax }: ReadingsKept,
): (text: string) => T {
  const kept = new Map<string, { readonly made: T }>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known.made;
    const made = read(text);
    if (text.length > charsMax) return made;
    makeRoom(kept, entriesMax);
    kept.set(text, { made });
    return made;
  };
}
