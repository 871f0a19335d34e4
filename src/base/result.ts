/**
 * What can happen is a value; what cannot is an exception. A peer's mistake becomes a reply,
 * the world's trouble a `Result`, our own bug a throw that is caught once per connection.
 */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A value that may come now or later; the fast paths answer at once and save a turn of the loop. */
export type Awaitable<T> = T | Promise<T>;

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Marks the branch of an exhaustive `switch` that no value can reach. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
