import type { Result } from '#base/result.ts';

/** What is wrong with a value; `at` is the way to it inside the value (list index, key). */
export interface KindProblem {
  readonly at: readonly (string | number)[];
  /** Follows the name of the place: "must be …". */
  readonly message: string;
}

/** A kind of setting: reads what TOML or JSON gives into a type, and says what it takes. */
export interface Kind<T> {
  /** For the reference: "whole number from 1 to 65535". */
  readonly description: string;
  read(value: unknown): Result<T, readonly KindProblem[]>;
  /** A value typed by a person on the command line, as `read` takes it. */
  fromText(text: string): unknown;
  /** The value as it is shown and stored: plain JSON that `read` takes back. */
  write(value: T): unknown;
}

export function problem(message: string): readonly KindProblem[] {
  return [{ at: [], message }];
}

/** Names a wrong value without repeating more than a glance of it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a table';
  return String(value);
}
