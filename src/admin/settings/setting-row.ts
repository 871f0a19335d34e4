import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { nearest } from '#config/nearest.ts';
import type { Setting } from '#config/setting.ts';
import type { SettingValue } from '#store/contract/store.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { AdminWorld } from '../world.ts';

export function findSetting(world: AdminWorld, name: string): Result<Setting<unknown>, AdminError> {
  const found = world.settings.find((row) => row.name === name);
  if (found !== undefined) return ok(found);
  const near = nearest(
    name,
    world.settings.map((row) => row.name),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return err(adminError('setting-not-found', `there is no setting "${name}"${hint}`, name));
}

export type ShownSetting = ReturnType<typeof showSetting>;

/** A setting with its value, as it is written. */
export function showSetting(row: Setting<unknown>, stored: SettingValue | undefined) {
  const standard = row.kind.write(row.defaultValue) ?? null;
  const read = stored?.value === undefined ? undefined : row.kind.read(stored.value);
  return {
    name: row.name,
    value: read?.ok === true ? row.kind.write(read.value) : standard,
    default: standard,
    changed: read?.ok === true,
    kind: row.kind.description,
    meaning: row.meaning,
  };
}

export function renderValue(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
