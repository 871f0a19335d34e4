import type { Setting } from '#config/setting.ts';
import { checkSettings, policySettings } from './policy-settings.ts';
import type { CheckValues, PolicyValues } from './policy-values.ts';

/** The values of policy over whatever holds settings; each read gives the value of that moment. */
export function readPolicyValues(value: <T>(row: Setting<T>) => T): PolicyValues {
  return {
    get junkScore() {
      return value(policySettings.junkScore);
    },
    get refuseScore() {
      return value(policySettings.refuseScore);
    },
    get greylistScore() {
      return value(policySettings.greylistScore);
    },
    get greylisting() {
      return value(policySettings.greylisting);
    },
    get greylistDelayMs() {
      return value(policySettings.greylistDelayMs);
    },
    get forwarders() {
      return value(policySettings.forwarders);
    },
    get arcSealers() {
      return value(policySettings.arcSealers);
    },
    check(name): CheckValues {
      const rows = checkSettings.get(name);
      if (rows === undefined) throw new Error(`no check is called ${name}`);
      return { action: value(rows.action), weight: value(rows.weight), except: value(rows.except) };
    },
  };
}

/** As delivered. */
export const defaultPolicyValues: PolicyValues = readPolicyValues((row) => row.defaultValue);
