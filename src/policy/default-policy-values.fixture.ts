import type { PolicyValues } from './policy-values.ts';
import { readPolicyValues } from './read-policy-values.ts';
import type { ChangingSettings } from './read-policy-values.ts';

/** Settings that nobody has changed. */
export const deliveredSettings: ChangingSettings = { value: (row) => row.defaultValue, version: 'delivered' };

/** As delivered. */
export const defaultPolicyValues: PolicyValues = readPolicyValues((row) => row.defaultValue);
