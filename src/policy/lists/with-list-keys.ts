import type { Resolver } from '#platform/resolver.ts';

/** Keys of premium lists by name; changes count at once. */
export interface ListKeys {
  get(name: string): string | undefined;
}

export const noListKeys: ListKeys = { get: () => undefined };

/**
 * Puts the keys of lists into names that are asked for. It stands below whatever writes questions down, so that no key
 * comes into a trace or a log.
 */
export function withListKeys(resolver: Resolver, keys: ListKeys): Resolver {
  return {
    ask(name, type, signal) {
      const keyed = name.includes('{')
        ? name.replaceAll(/\{([a-z-]+)\}/g, (all, key: string) => keys.get(key) ?? all)
        : name;
      return resolver.ask(keyed, type, signal);
    },
  };
}
