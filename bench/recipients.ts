/** `smtp-source -N` puts 1, 2, … in front of it. */
export const numberedAddress = 'u@example.test';

/** So many accounts' addresses, as `smtp-source -N` numbers them. */
export function recipientAddresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${String(index + 1)}${numberedAddress}`);
}
