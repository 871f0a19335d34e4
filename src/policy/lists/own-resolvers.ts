import type { Endpoint } from '#config/kinds/ip-address.ts';
import { spellEndpoint } from '#config/kinds/ip-address.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { ListAssignment } from '../list-files/list-assignment.ts';
import { publicResolvers } from './public-resolvers.ts';

/** A resolver that is asked for one list only. */
export interface OwnResolver {
  readonly resolver: Resolver;
  /** It is open to everybody. */
  readonly isPublic: boolean;
}

/** Resolvers of single lists (I-33): each server has one, with its own memory, as long as a list names it. */
export class OwnResolvers {
  readonly #values: { readonly resolvers: readonly ListAssignment<Endpoint>[] };
  readonly #make: (servers: readonly string[]) => Resolver;
  readonly #made = new Map<string, Resolver>();
  #seen: readonly ListAssignment<Endpoint>[] = [];

  constructor(parts: {
    readonly values: { readonly resolvers: readonly ListAssignment<Endpoint>[] };
    /** @param servers as `192.0.2.1:53` */
    readonly make: (servers: readonly string[]) => Resolver;
  }) {
    this.#values = parts.values;
    this.#make = parts.make;
  }

  /** `undefined`: it is asked as every other name. */
  of(list: string): OwnResolver | undefined {
    const { resolvers } = this.#values;
    if (resolvers.length === 0) return undefined;
    if (resolvers !== this.#seen) this.#forget(resolvers);
    const endpoints = resolvers.filter((row) => row.list === list).map(({ value }) => value);
    if (endpoints.length === 0) return undefined;
    const servers = endpoints.map(spellEndpoint);
    const key = servers.join(' ');
    const resolver = this.#made.get(key) ?? this.#make(servers);
    this.#made.set(key, resolver);
    return { resolver, isPublic: publicResolvers(endpoints.map(({ address }) => address)).length > 0 };
  }

  #forget(resolvers: readonly ListAssignment<Endpoint>[]): void {
    this.#seen = resolvers;
    this.#made.clear();
  }
}
