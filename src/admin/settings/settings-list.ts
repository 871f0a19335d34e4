import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { failed } from '../trouble-error.ts';
import { renderValue, showSetting } from './setting-row.ts';

export const settingsList = operation({
  name: 'settings list',
  looksOnly: true,
  meaning: 'All settings of the store with their values; they change without a restart.',
  input: {},
  async run(world) {
    const stored = await world.store.settings.list();
    if (!stored.ok) return failed(stored.error, { where: 'settings' });
    const items = world.settings.map((row) => showSetting(row, stored.value.get(row.name)));
    return ok({ items, next: null });
  },
  render: (list) =>
    showColumns(
      list.items.map((row) => [
        row.name,
        renderValue(row.value),
        row.changed ? `(default ${renderValue(row.default)})` : '',
      ]),
    ),
});
