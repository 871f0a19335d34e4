import type { Network } from '#base/client-address.ts';
import { parseNetwork } from '#base/client-address.ts';
import type { Settings } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { KeptRows } from '../kept-rows.ts';
import type { Ban, BanReason } from './ban.ts';

/** Keeps bans over a restart. */
export class BanStore {
  readonly #rows: KeptRows<Ban>;

  constructor(settings: Settings, failed: (trouble: Trouble) => void) {
    this.#rows = new KeptRows({ settings, namePrefix: 'bans.kept_', failed, read: readBan });
  }

  /** What was kept; while the store cannot tell, nothing is known to be banned. */
  load(): Promise<readonly Ban[]> {
    return this.#rows.load();
  }

  changed(network: Network, ban: Ban | undefined): void {
    this.#rows.changed(network, ban);
  }

  /** Resolves when all that was changed is written, or was told as trouble. */
  flush(): Promise<void> {
    return this.#rows.flush();
  }
}

function readBan(value: unknown): { readonly key: string; readonly row: Ban } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as Partial<Record<keyof Ban, unknown>>;
  const network = typeof row.network === 'string' ? parseNetwork(row.network) : undefined;
  if (network === undefined || typeof row.sinceMs !== 'number' || typeof row.reason !== 'string')
    return undefined;
  return {
    key: network,
    row: {
      network,
      reason: row.reason as BanReason,
      sinceMs: row.sinceMs,
      untilMs: typeof row.untilMs === 'number' ? row.untilMs : undefined,
      strikes: typeof row.strikes === 'number' ? row.strikes : 1,
      evidence: typeof row.evidence === 'object' && row.evidence !== null ? row.evidence : {},
    },
  };
}
