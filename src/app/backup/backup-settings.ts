import { duration } from '#config/kinds/duration.ts';
import { setting } from '#config/setting.ts';
import { settingValues } from '#config/setting.ts';
import type { Settings } from '#store/contract/store.ts';

const dayMs = 86_400_000;

const kept = setting('backup.kept', duration({ minMs: dayMs, maxMs: 3650 * dayMs }), 30 * dayMs, {
  meaning:
    'How long you keep a backup. It is written into each backup, and "account remove" names the day on which the last backup that holds the account is to be gone. The server deletes no backup.',
  requirements: ['I-03', 'S-11'],
});

/** Settings of backups. */
export const backupSettings = {
  rows: { kept },
  /** While the store cannot tell, the default counts. */
  async keptMsIn(settings: Settings): Promise<number> {
    const stored = await settings.list();
    return settingValues({ kept }, stored.ok ? stored.value : new Map()).values.kept;
  },
};
