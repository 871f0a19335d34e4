/** So many accounts' addresses, numbered as `smtp-source -N` numbers them. */
export function recipientAddresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${String(index + 1)}u@example.test`);
}
