import { formatNumbers } from '../grammar/sequence-set.ts';

/** `COPYUID` (RFC 9051 §7.1): source and target UIDs in the same order. `undefined` when nothing was copied. */
export function copyUidCode(copied: {
  readonly uidValidity: number;
  readonly pairs: readonly (readonly [number, number])[];
}): string | undefined {
  if (copied.pairs.length === 0) return undefined;
  const from = formatNumbers(copied.pairs.map(([from]) => from));
  const to = formatNumbers(copied.pairs.map(([, to]) => to));
  return `COPYUID ${copied.uidValidity} ${from} ${to}`;
}
