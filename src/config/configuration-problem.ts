/** One thing wrong in the configuration file. */
export interface ConfigurationProblem {
  readonly file: string;
  /** From 1; `undefined` when the fault is that something is missing altogether. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** `listener[2].port`, indexes from 1 as a person counts; empty for the file as a whole. */
  readonly place: string;
  readonly message: string;
}

/** `postern.toml:12:8: listener[2].port must be …` */
export function spellProblem(problem: ConfigurationProblem): string {
  const at = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${at}: ${problem.place === '' ? '' : `${problem.place} `}${problem.message}`;
}
