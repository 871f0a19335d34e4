/** Chance, from the system; seeded in tests. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A whole number from 0 to `max - 1`. */
  integer(max: number): number;
}
