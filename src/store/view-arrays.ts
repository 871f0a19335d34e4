/** The first index of an ascending array whose element is at least `value`; `count` if there is none. */
export function lowerBound(values: ArrayLike<number>, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Two ascending arrays without common elements as one. */
export function merged(a: Uint32Array, b: readonly number[]): Uint32Array {
  const all = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < all.length; k += 1) {
    const left = a[i] ?? Infinity;
    const right = b[j] ?? Infinity;
    if (left < right) i += 1;
    else j += 1;
    all[k] = Math.min(left, right);
  }
  return all;
}
