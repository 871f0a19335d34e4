import type { Awaitable } from '#base/result.ts';
import type { FactName, FactTable } from './fact-table.ts';
import type { FactSources } from './fact-sources.ts';
import type { PolicyStage } from './stage.ts';

/** Gives the values of facts, each computed once. */
export interface FactReader {
  read<N extends FactName>(name: N): Awaitable<FactTable[N]>;
}

/** How one fact is found out: a file of its own under `facts/`, one line in the table `facts.ts`. */
export interface Fact<N extends FactName = FactName> {
  readonly name: N;
  /** From this stage on it can be known. */
  readonly stage: PolicyStage;
  /** Whom finding it out asks; `nobody` answers at once, `engine` is a thread of our own. */
  readonly asks: 'nobody' | 'dns' | 'engine';
  /** Never throws for the world's trouble: that is a value too. */
  compute(this: void, sources: FactSources, facts: FactReader): Awaitable<FactTable[N]>;
  /** What it is where the client's address is not known; missing for facts that do not hang on it. */
  readonly ofNobody?: (sources: FactSources) => FactTable[N];
  /** What it is where a record of a judged message does not speak of it; missing for facts that always stand there. */
  readonly absent?: () => FactTable[N];
  /** What the record keeps of it; all of it when left out. `undefined`: nothing worth a line. */
  record?: (value: FactTable[N]) => unknown;
}
