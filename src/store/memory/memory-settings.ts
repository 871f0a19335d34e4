import { ok } from '#base/result.ts';
import type { Settings, SettingValue } from '../contract/store.ts';
import { conflict } from '../trouble.ts';

export function createMemorySettings(): Settings {
  /** What was unset stays with its version, so that a stale writer still meets a conflict. */
  const values = new Map<string, SettingValue>();
  return {
    async get(name) {
      const setting = values.get(name);
      return ok(setting?.value === undefined ? undefined : setting);
    },
    list: async () => ok(new Map([...values].filter(([, setting]) => setting.value !== undefined))),
    async set(name, value, ifVersion) {
      const setting = values.get(name);
      const version = setting?.version ?? 0;
      const expected = setting?.value === undefined ? 0 : version;
      if (ifVersion !== expected) return conflict('setting');
      const next = { value: structuredClone(value), version: version + 1 };
      values.set(name, next);
      return ok(next);
    },
  };
}
