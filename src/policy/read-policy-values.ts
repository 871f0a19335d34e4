import type { Setting } from '#config/setting.ts';
import { checkSettings, policySettings } from './policy-settings.ts';
import type { CheckSettings } from './policy-settings.ts';
import type { CheckValues, PolicyValues } from './policy-values.ts';

export type ReadSetting = <T>(row: Setting<T>) => T;

/** Settings that change while they are in use. */
export interface ChangingSettings {
  value<T>(row: Setting<T>): T;
  /** Another one after each change. */
  readonly version: unknown;
}

/** The values of policy as they are set at this moment. */
export function readPolicyValues(value: ReadSetting): PolicyValues {
  const checks = new Map([...checkSettings].map(([name, rows]) => [name, checkValues(rows, value)]));
  return {
    junkScore: value(policySettings.junkScore),
    refuseScore: value(policySettings.refuseScore),
    greylistScore: value(policySettings.greylistScore),
    greylisting: value(policySettings.greylisting),
    greylistDelayMs: value(policySettings.greylistDelayMs),
    forwarders: value(policySettings.forwarders),
    arcSealers: value(policySettings.arcSealers),
    namedSenders: value(policySettings.namedSenders),
    check(name) {
      const found = checks.get(name);
      if (found === undefined) throw new Error(`no check is called ${name}`);
      return found;
    },
  };
}

/** The same over settings that change: each read gives the value of that moment, and all are read once for each change. */
export function livePolicyValues(settings: ChangingSettings): PolicyValues {
  let version: unknown;
  let values: PolicyValues | undefined;
  const now = (): PolicyValues => {
    if (values === undefined || settings.version !== version) {
      version = settings.version;
      values = readPolicyValues((row) => settings.value(row));
    }
    return values;
  };
  return {
    get junkScore() {
      return now().junkScore;
    },
    get refuseScore() {
      return now().refuseScore;
    },
    get greylistScore() {
      return now().greylistScore;
    },
    get greylisting() {
      return now().greylisting;
    },
    get greylistDelayMs() {
      return now().greylistDelayMs;
    },
    get forwarders() {
      return now().forwarders;
    },
    get arcSealers() {
      return now().arcSealers;
    },
    get namedSenders() {
      return now().namedSenders;
    },
    check: (name) => now().check(name),
  };
}

function checkValues(rows: CheckSettings, value: ReadSetting): CheckValues {
  return { action: value(rows.action), weight: value(rows.weight), except: value(rows.except) };
}
