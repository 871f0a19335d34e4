import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Settings } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { dnsLists } from './dns-lists.ts';
import { keyPlace } from './own-zones.ts';
import type { ListKeys } from './with-list-keys.ts';

/** Of the sealed values; the name of the key follows it. They are no settings: nothing lists or shows them. */
const namePrefix = 'lists.key_';

/** What a key can be: a label of a DNS name (RFC 1035 §2.3.4), so that it fits into a question and nothing else does. */
export const listKeyPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Of keys; a zone names one as `{name}`. */
export const listKeyNamePattern = /^[a-z0-9-]{1,32}$/;

/** The names of keys that ready-made lists know. */
const knownKeyNames: readonly string[] = [
  ...new Set(dnsLists.flatMap(({ keyed }) => (keyed === undefined ? [] : [keyed.key]))),
];

/** The keys of premium lists, sealed among the settings. */
export class ListKeyRing implements ListKeys {
  readonly #settings: Settings;
  readonly #keys = new Map<string, string>();

  /** Zones of an administrator's own, now. */
  readonly zones: () => readonly string[];

  constructor(settings: Settings, zones: () => readonly string[] = () => []) {
    this.#settings = settings;
    this.zones = zones;
  }

  /** Those that some list is asked with. */
  get names(): readonly string[] {
    return [...new Set([...knownKeyNames, ...this.zones().flatMap((zone) => keyPlace(zone)?.key ?? [])])];
  }

  /** While the store cannot tell, lists are asked without keys. */
  async load(): Promise<void> {
    const stored = await this.#settings.list();
    for (const [name, { value }] of stored.ok ? stored.value : [])
      if (name.startsWith(namePrefix) && typeof value === 'string' && listKeyPattern.test(value))
        this.#keys.set(name.slice(namePrefix.length), value);
  }

  get(name: string): string | undefined {
    return this.#keys.get(name);
  }

  /** @param key `undefined`: none any more */
  async set(name: string, key: string | undefined): Promise<Result<void, Trouble>> {
    const before = await this.#settings.get(namePrefix + name);
    if (!before.ok) return before;
    const set = await this.#settings.set(namePrefix + name, key, before.value?.version ?? 0);
    if (!set.ok) return set;
    if (key === undefined) this.#keys.delete(name);
    else this.#keys.set(name, key);
    return ok(undefined);
  }
}
