import type { Setting } from '#config/setting.ts';
import { checkSettings, policySettings } from './policy-settings.ts';

/**
 * Settings of policy that only weigh what was found: they can be tried on the facts of mail that came. The others decide
 * what is found out, as who may forward, and of that a record holds nothing.
 */
export const replayableSettings: ReadonlyMap<string, Setting<unknown>> = new Map(
  [
    policySettings.junkScore,
    policySettings.refuseScore,
    policySettings.greylistScore,
    policySettings.greylisting,
    ...[...checkSettings.values()].flatMap((rows) => Object.values<Setting<unknown>>({ ...rows })),
  ].map((row: Setting<unknown>) => [row.name, row]),
);
