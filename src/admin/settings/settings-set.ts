import { err, ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { findSetting, renderValue, showSetting } from './setting-row.ts';

export const settingsSet = operation({
  name: 'settings set',
  meaning: 'Change a setting, at once and for good; without a value, back to its default.',
  input: {
    name: required(string(), { meaning: 'Its name.' }),
    value: optional(string({ lengthMin: 0, lengthMax: 65_536 }), { meaning: 'The new value.' }),
  },
  async run(world, input) {
    const where = input.name;
    const row = findSetting(world, input.name);
    if (!row.ok) return row;
    const before = await world.store.settings.get(input.name);
    if (!before.ok) return failed(before.error, { where });
    const { kind } = row.value;
    const read = input.value === undefined ? undefined : kind.read(kind.fromText(input.value));
    if (read?.ok === false)
      return err(adminError('value-invalid', `${where} ${read.error[0]?.message ?? 'is wrong'}`, where));
    const value = read === undefined ? undefined : kind.write(read.value);
    const set = await world.store.settings.set(input.name, value, before.value?.version ?? 0);
    if (!set.ok) return failed(set.error, { where });
    await world.notices.settingChanged(input.name);
    return ok(showSetting(row.value, set.value));
  },
  render: (row) => [`${row.name} = ${renderValue(row.value)}${row.changed ? '' : ' (the default)'}`],
});
