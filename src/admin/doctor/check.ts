/** What one check of `doctor` found. `skip`: it cannot be told here, and why. */
export interface Finding {
  readonly state: 'pass' | 'warn' | 'fail' | 'skip';
  readonly what: string;
  /** Only when there is something to do. */
  readonly fix: string | undefined;
}

export interface DoctorCheck {
  readonly name: string;
  readonly meaning: string;
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}

export function pass(what: string): Finding {
  return { state: 'pass', what, fix: undefined };
}

export function warn(what: string, fix: string): Finding {
  return { state: 'warn', what, fix };
}

export function fail(what: string, fix: string): Finding {
  return { state: 'fail', what, fix };
}

export function skip(what: string): Finding {
  return { state: 'skip', what, fix: undefined };
}
