import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
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
import type { PolicyWishes } from './policy-wishes.ts';
import { findCheck, storedPolicy } from './policy-world.ts';
import { showCheck } from './show-check.ts';
import { renderTrial } from './show-trial.ts';
import { startTrial, trialMsDefault, trialTime } from './start-trial.ts';

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
    shadow: defaulted(boolean, false, {
      meaning:
        'Change nothing: judge beside the real settings, and count what would have been otherwise ("policy shadow list").',
      requirements: ['N-3'],
    }),
    for: defaulted(trialTime, trialMsDefault, { meaning: 'How long it is a shadow.', requirements: ['N-3'] }),
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
    const wished = changes.flatMap(([setting, value]) =>
      setting === undefined || value === undefined ? [] : [{ setting, value }],
    );
    const trial = input.shadow ? await startTrial(world, writtenWishes(wished), input.for) : undefined;
    if (trial?.ok === false) return trial;
    for (const { setting, value } of trial === undefined ? wished : []) {
      const done = await changeSetting(world, setting, value);
      if (!done.ok) return done;
    }
    const values = await storedPolicy(world);
    return values.ok ? ok({ ...showCheck(row.value, values.value), trial: trial?.value ?? null }) : values;
  },
  render: ({ trial, ...shown }) => (trial === null ? renderCheck(shown) : renderTrial(trial)),
});

interface Wished {
  readonly setting: Setting<unknown>;
  readonly value: unknown;
}

function writtenWishes(wished: readonly Wished[]): PolicyWishes {
  return new Map(wished.map(({ setting, value }) => [setting.name, setting.kind.write(value)]));
}

async function changeSetting(
  world: AdminWorld,
  setting: Setting<unknown>,
  value: unknown,
): Promise<Result<void, AdminError>> {
  const { settings } = world.store;
  const before = await settings.get(setting.name);
  if (!before.ok) return failed(before.error, { where: setting.name });
  const set = await settings.set(setting.name, setting.kind.write(value), before.value?.version ?? 0);
  if (!set.ok) return failed(set.error, { where: setting.name });
  await world.notices.settingChanged(setting.name);
  return ok(undefined);
}
