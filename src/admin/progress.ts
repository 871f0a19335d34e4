/** How far a long operation has come, for a progress line. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number | undefined;
}
