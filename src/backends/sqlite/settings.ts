import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Settings, SettingValue } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { conflict } from '#store/trouble.ts';
import type { DatabaseFile } from './database-file.ts';
import type { Keys } from './keys.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

/** Settings in the directory's file: names and versions in the clear, values sealed; answered from memory. */
export function openSettings(file: DatabaseFile, keys: Keys): Result<Settings, Trouble> {
  const sealer = keys.serverSealer('settings');
  const place = (name: string): { table: string; column: string; record: string } => ({
    table: 'setting',
    column: 'sealed',
    record: name,
  });
  const save = file.db.prepare(
    `INSERT INTO setting VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, sealed = excluded.sealed`,
  );
  const rows = file.db.prepare('SELECT name, version, sealed FROM setting ORDER BY name');

  /** What was unset stays with its version, so that a stale writer still meets a conflict. */
  const values = new Map<string, SettingValue>();

  const loaded = file.read(() => {
    for (const { name, version, sealed } of rows.all()) {
      if (typeof name !== 'string' || !(sealed instanceof Uint8Array)) continue;
      const opened = sealer.openJson(place(name), sealed);
      if (!opened.ok) return err(fencedTrouble(file.path, `setting ${name} does not open (${opened.error})`));
      const [value] = opened.value as readonly unknown[];
      values.set(name, { value, version: Number(version) });
    }
    return ok(undefined);
  });
  if (!loaded.ok) return loaded;

  return ok({
    async get(name) {
      const setting = values.get(name);
      return ok(setting?.value === undefined ? undefined : setting);
    },
    list: async () => ok(new Map([...values].filter(([, setting]) => setting.value !== undefined))),
    async set(name, value, ifVersion) {
      const setting = values.get(name);
      const version = setting?.version ?? 0;
      if (ifVersion !== (setting?.value === undefined ? 0 : version)) return conflict('setting');
      const next = { value: structuredClone(value), version: version + 1 };
      const sealed = sealer.sealJson(place(name), value === undefined ? [] : [value]);
      const saved = file.transaction(() => {
        save.run(name, next.version, sealed);
        return ok(undefined);
      });
      if (!saved.ok) return saved;
      values.set(name, next);
      const synced = await file.sync();
      return synced.ok ? ok(next) : synced;
    },
  });
}
