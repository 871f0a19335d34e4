import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import type { Setting } from '#config/setting.ts';
import { exceptionKind } from '#policy/exception.ts';
import { checkSettings } from '#policy/policy-settings.ts';
import { checkActions } from '#policy/stage.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';
import { renderCheck } from './policy-show.ts';
import { findCheck, storedPolicy } from './policy-world.ts';
import { showCheck } from './show-check.ts';

export const policySet = operation({
  name: 'policy set',
  meaning: 'Change what a check does, at once and for the next message.',
  input: {
    check: required(string(), { meaning: 'Its name, as "policy list" has it.' }),
    action: optional(union(checkActions), {
      meaning: 'What is done with a finding.',
      requirements: ['P-17'],
    }),
    weight: optional(integer({ min: 0, max: 1000 }), { meaning: 'The points of a finding.' }),
    except: optional(list(exceptionKind), {
      meaning: 'For whom findings are only noted: networks, and domains proven by reverse name or SPF.',
    }),
  },
  async run(world, input) {
    const row = findCheck(input.check);
    if (!row.ok) return row;
    const rows = checkSettings.get(row.value.name);
    const changes: readonly (readonly [Setting<unknown> | undefined, unknown])[] = [
      [rows?.action, input.action],
      [rows?.weight, input.weight],
      [rows?.except, input.except],
    ];
    if (changes.every(([, value]) => value === undefined))
      return err(adminError('usage', 'name what shall change: --action, --weight or --except', 'policy set'));
    for (const [setting, value] of changes) {
      const done =
        setting === undefined || value === undefined ? ok(undefined) : await change(world, setting, value);
      if (!done.ok) return done;
    }
    const values = await storedPolicy(world);
    return values.ok ? ok(showCheck(row.value, values.value)) : values;
  },
  render: renderCheck,
});

async function change(
  world: AdminWorld,
  setting: Setting<unknown>,
  value: unknown,
): Promise<Result<void, AdminError>> {
  const { settings } = world.store;
  const before = await settings.get(setting.name);
  if (!before.ok) return failed(before.error, { where: setting.name });
  const set = await settings.set(setting.name, setting.kind.write(value), before.value?.version ?? 0);
  if (!set.ok) return failed(set.error, { where: setting.name });
  world.notices.settingChanged(setting.name);
  return ok(undefined);
}
