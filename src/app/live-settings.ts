import type { Setting, Settings, SettingValues } from '#config/setting.ts';
import { settingValues } from '#config/setting.ts';
import type { Settings as StoredSettings } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import { settings } from './settings.ts';

/** The store's settings as they are now; views of them change in place (P-33). */
export class LiveSettings {
  readonly #store: StoredSettings;
  readonly #events: EventSink;
  #values: ReadonlyMap<string, unknown> = new Map(settings.map((row) => [row.name, row.defaultValue]));

  constructor(store: StoredSettings, events: EventSink) {
    this.#store = store;
    this.#events = events;
  }

  /** Reads all anew. While the store cannot answer, what was known stays. */
  async reload(): Promise<void> {
    const stored = await this.#store.list();
    if (!stored.ok) {
      const detail = 'detail' in stored.error ? stored.error.detail : stored.error.code;
      this.#events.emit({ name: 'store-trouble', code: stored.error.code, what: 'settings', detail });
      return;
    }
    const rows: Settings = Object.fromEntries(settings.map((row) => [row.name, row]));
    const { values } = settingValues(rows, stored.value);
    this.#values = new Map(Object.entries(values));
  }

  /** Another one after each change. */
  get version(): unknown {
    return this.#values;
  }

  value<T>(row: Setting<T>): T {
    return this.#values.get(row.name) as T;
  }

  /** The values of a group under its own names; each read gives the value of that moment. */
  view<S extends Settings>(group: S): SettingValues<S> {
    const properties = Object.entries(group).map(([key, row]) => [
      key,
      { enumerable: true, get: () => this.value(row) },
    ]);
    return Object.defineProperties(
      {},
      Object.fromEntries(properties) as PropertyDescriptorMap,
    ) as SettingValues<S>;
  }
}
