import type { Awaitable } from './result.ts';

/** As `Promise.all`, and at once where all are there. */
export function allOf<const T extends readonly unknown[]>(
  values: T,
): Awaitable<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  type All = { readonly [K in keyof T]: Awaited<T[K]> };
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as All);
}
