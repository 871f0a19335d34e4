import type { PolicyValues } from './policy-values.ts';
import { readPolicyValues } from './read-policy-values.ts';

/** As delivered. */
export const defaultPolicyValues: PolicyValues = readPolicyValues((row) => row.defaultValue);
