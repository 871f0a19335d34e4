import type { KnownBackup } from '#admin/backup/backup-files.ts';
import type { AccountId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import type { Settings } from '#store/contract/store.ts';

/** Beside the settings in the store, sealed as they are; no person sets it. */
const name = 'backup.made';
/** The latest; beyond it the oldest are forgotten. */
const knownMax = 1_000;

/** The backups that this server made and that have not expired: what erasure can name (STORAGE §4). */
export class KnownBackups {
  readonly #settings: Settings;
  readonly #clock: Clock;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** A record that cannot be written does not undo a backup that is complete. */
  async add(backup: KnownBackup): Promise<void> {
    const stored = await this.#settings.get(name);
    if (!stored.ok) return;
    const list = [...this.#current(stored.value?.value), backup].slice(-knownMax);
    await this.#settings.set(name, list, stored.value?.version ?? 0);
  }

  /** Those that hold an account's key, oldest expiry first. */
  async holding(account: AccountId): Promise<readonly KnownBackup[]> {
    const stored = await this.#settings.get(name);
    if (!stored.ok) return [];
    return this.#current(stored.value?.value)
      .filter(({ scope }) => scope === 'all' || scope === account)
      .sort((a, b) => Date.parse(a.expiresAt) - Date.parse(b.expiresAt));
  }

  #current(value: unknown): readonly KnownBackup[] {
    const list = Array.isArray(value) ? (value as readonly KnownBackup[]) : [];
    return list.filter(({ expiresAt }) => Date.parse(expiresAt) > this.#clock.now());
  }
}
