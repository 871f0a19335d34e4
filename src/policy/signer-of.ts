import type { DkimReport, DkimResult } from '#mailauth/dkim/dkim-outcome.ts';

/**
 * The domain of a signature with that result that speaks for one of these domains: of the same name, or of one above it.
 * What strangers signed, or say they signed, speaks for nobody.
 */
export function signerOf(
  { outcomes }: Pick<DkimReport, 'outcomes'>,
  result: Extract<DkimResult, 'pass' | 'temperror'>,
  domains: readonly string[],
): string | undefined {
  return outcomes.find(
    (one) =>
      one.result === result &&
      domains.some((domain) => domain === one.domain || domain.endsWith(`.${one.domain}`)),
  )?.domain;
}
