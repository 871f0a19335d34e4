/** Before one more entry is set in a bounded map: while it is full, the one that was set longest ago goes (S-09). */
export function makeRoom<K>(kept: Map<K, unknown>, entriesMax: number): void {
  if (kept.size < entriesMax) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}
