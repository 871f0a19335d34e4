import type { FactTable } from '../fact-table.ts';

/** What was known of a message: facts that were found out, by name. */
export type KnownFacts = Readonly<Partial<FactTable>>;

/** What would set right what a check found: one line of the table `remedies.ts`. */
export interface Remedy {
  readonly check: string;
  /** Goes on from "… if": what would have been so. */
  had(facts: KnownFacts): string;
  /**
   * For whoever sent it, as a whole sentence. He may know the check and the values that are his own, and never a score
   * or a threshold (P-17).
   */
  advice(facts: KnownFacts): string;
  /** The facts as they would have been then; left out where nobody can say. */
  mended?(facts: KnownFacts): KnownFacts;
}
