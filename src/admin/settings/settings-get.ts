import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { findSetting, renderValue, showSetting } from './setting-row.ts';

export const settingsGet = operation({
  name: 'settings get',
  looksOnly: true,
  meaning: 'One setting: its value, its default, what it may be and what it means.',
  input: { name: required(string(), { meaning: 'Its name.' }) },
  async run(world, input) {
    const row = findSetting(world, input.name);
    if (!row.ok) return row;
    const stored = await world.store.settings.get(input.name);
    return stored.ok ? ok(showSetting(row.value, stored.value)) : failed(stored.error, { where: input.name });
  },
  render: (row) => [
    `${row.name} = ${renderValue(row.value)}`,
    `  default  ${renderValue(row.default)}`,
    `  may be   ${row.kind}`,
    `  ${row.meaning}`,
  ],
});
