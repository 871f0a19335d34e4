import type { Setting } from '#config/setting.ts';
import { checkSettings, policySettings } from './policy-settings.ts';
import type { CheckSettings } from './policy-settings.ts';
import type { CheckValues, PolicyValues } from './policy-values.ts';

export type ReadSetting = <T>(row: Setting<T>) => T;

/** The values of policy over whatever holds settings; each read gives the value of that moment. */
export function readPolicyValues(value: ReadSetting): PolicyValues {
  const checks = new Map([...checkSettings].map(([name, rows]) => [name, checkValues(rows, value)]));
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
    get namedSenders() {
      return value(policySettings.namedSenders);
    },
    check(name): CheckValues {
      const found = checks.get(name);
      if (found === undefined) throw new Error(`no check is called ${name}`);
      return found;
    },
  };
}

function checkValues(rows: CheckSettings, value: ReadSetting): CheckValues {
  return {
    get action() {
      return value(rows.action);
    },
    get weight() {
      return value(rows.weight);
    },
    get except() {
      return value(rows.except);
    },
  };
}
