/**
 * Finds the next place of `wanted` from positions that only rise. A search that was made is not made again, so many
 * questions about one text cost no more than one walk through it. -1: there is none.
 */
export function nextFinder(text: string, wanted: string): (from: number) => number {
  let found = -2;
  return (from) => {
    if (found !== -1 && found < from) found = text.indexOf(wanted, from);
    return found;
  };
}
