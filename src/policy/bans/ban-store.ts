import { createHash } from 'node:crypto';
import type { Network } from '#base/client-address.ts';
import { parseNetwork } from '#base/client-address.ts';
import type { Settings } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Ban, BanReason } from './ban.ts';

/** Bans lie in so many sealed values, so that one more rewrites a small one. */
const shards = 64;
const namePrefix = 'bans.kept_';

/** Keeps bans over a restart, sealed among the settings; a burst of changes is written in lots. */
export class BanStore {
  readonly #settings: Settings;
  readonly #failed: (trouble: Trouble) => void;
  readonly #bans = new Map<number, Map<Network, Ban>>();
  readonly #versions = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #writing: Promise<void> | undefined;

  constructor(settings: Settings, failed: (trouble: Trouble) => void) {
    this.#settings = settings;
    this.#failed = failed;
  }

  /** What was kept; while the store cannot tell, nothing is known to be banned. */
  async load(): Promise<readonly Ban[]> {
    const stored = await this.#settings.list();
    if (!stored.ok) {
      this.#failed(stored.error);
      return [];
    }
    for (let shard = 0; shard < shards; shard += 1) {
      const found = stored.value.get(nameOf(shard));
      if (found === undefined) continue;
      this.#versions.set(shard, found.version);
      const rows = Array.isArray(found.value) ? found.value : [];
      this.#bans.set(shard, new Map(rows.flatMap(readBan).map((ban) => [ban.network, ban])));
    }
    return [...this.#bans.values()].flatMap((bans) => [...bans.values()]);
  }

  changed(network: Network, ban: Ban | undefined): void {
    const shard = shardOf(network);
    const bans = this.#bans.get(shard) ?? new Map<Network, Ban>();
    if (ban === undefined) bans.delete(network);
    else bans.set(network, ban);
    this.#bans.set(shard, bans);
    this.#dirty.add(shard);
    void this.flush();
  }

  /** Resolves when all that was changed is written, or was told as trouble. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    // What changes while it waits goes along with the rest.
    await Promise.resolve();
    for (const shard of this.#dirty) {
      this.#dirty.delete(shard);
      const rows = [...(this.#bans.get(shard)?.values() ?? [])];
      const set = await this.#settings.set(nameOf(shard), rows, this.#versions.get(shard) ?? 0);
      if (set.ok) this.#versions.set(shard, set.value.version);
      else {
        this.#dirty.add(shard);
        this.#failed(set.error);
        return;
      }
    }
  }
}

function nameOf(shard: number): string {
  return `${namePrefix}${String(shard).padStart(2, '0')}`;
}

function shardOf(network: Network): number {
  return createHash('sha256').update(network).digest().readUInt32BE(0) % shards;
}

/** None when another version wrote what this one cannot read: a ban less, but a server that starts. */
function readBan(value: unknown): readonly Ban[] {
  if (typeof value !== 'object' || value === null) return [];
  const row = value as Partial<Record<keyof Ban, unknown>>;
  const network = typeof row.network === 'string' ? parseNetwork(row.network) : undefined;
  if (network === undefined || typeof row.sinceMs !== 'number' || typeof row.reason !== 'string') return [];
  return [
    {
      network,
      reason: row.reason as BanReason,
      sinceMs: row.sinceMs,
      untilMs: typeof row.untilMs === 'number' ? row.untilMs : undefined,
      strikes: typeof row.strikes === 'number' ? row.strikes : 1,
      evidence: typeof row.evidence === 'object' && row.evidence !== null ? row.evidence : {},
    },
  ];
}
