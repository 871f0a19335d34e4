import { createHash } from 'node:crypto';
import type { Result } from '#base/result.ts';
import type { Settings, SettingValue } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';

export interface KeptRowsParts<T> {
  readonly settings: Settings;
  /** Of the sealed values; a number follows it. */
  readonly namePrefix: string;
  readonly failed: (trouble: Trouble) => void;
  /** None when another version wrote what this one cannot read: a row less, but a server that starts. */
  readonly read: (value: unknown) => { readonly key: string; readonly row: T } | undefined;
}

/** Rows lie in so many sealed values, so that one more rewrites a small one. */
const shards = 64;

/** Keeps rows over a restart, sealed among the settings; a burst of changes is written in lots. */
export class KeptRows<T> {
  readonly #parts: KeptRowsParts<T>;
  readonly #rows = new Map<number, Map<string, T>>();
  readonly #versions = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #writing: Promise<void> | undefined;

  constructor(parts: KeptRowsParts<T>) {
    this.#parts = parts;
  }

  /** What was kept; while the store cannot tell, nothing is known. */
  async load(): Promise<readonly T[]> {
    const { settings, failed, read } = this.#parts;
    const stored = await settings.list();
    if (!stored.ok) {
      failed(stored.error);
      return [];
    }
    for (let shard = 0; shard < shards; shard += 1) {
      const found = stored.value.get(this.#nameOf(shard));
      if (found === undefined) continue;
      this.#versions.set(shard, found.version);
      const values: readonly unknown[] = Array.isArray(found.value) ? found.value : [];
      const rows = values.map(read).filter((row) => row !== undefined);
      this.#rows.set(shard, new Map(rows.map(({ key, row }) => [key, row])));
    }
    return [...this.#rows.values()].flatMap((rows) => [...rows.values()]);
  }

  changed(key: string, row: T | undefined): void {
    const shard = shardOf(key);
    const rows = this.#rows.get(shard) ?? new Map<string, T>();
    if (row === undefined) rows.delete(key);
    else rows.set(key, row);
    this.#rows.set(shard, rows);
    this.#dirty.add(shard);
    void this.flush();
  }

  /** Resolves when all that was changed is written, or was told as trouble. */
  flush(): Promise<void> {
    this.#writing ??= this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    // What changes while it waits goes along with the rest.
    await Promise.resolve();
    try {
      for (const shard of this.#dirty) {
        const set = await this.#writeShard(shard);
        if (!set.ok) return this.#parts.failed(set.error);
      }
    } finally {
      // In one breath with the last look at what is to be written: what changes from here on is written anew.
      this.#writing = undefined;
    }
  }

  async #writeShard(shard: number): Promise<Result<SettingValue, Trouble>> {
    this.#dirty.delete(shard);
    const rows = [...(this.#rows.get(shard)?.values() ?? [])];
    const set = await this.#parts.settings.set(this.#nameOf(shard), rows, this.#versions.get(shard) ?? 0);
    if (set.ok) this.#versions.set(shard, set.value.version);
    else this.#dirty.add(shard);
    return set;
  }

  #nameOf(shard: number): string {
    return `${this.#parts.namePrefix}${String(shard).padStart(2, '0')}`;
  }
}

function shardOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}
