/** A value that is made when it is first asked for, and then kept: for what is costly to have and may never be needed. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
