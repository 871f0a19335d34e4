import type { KeptLimits, LimitHit } from './connection-limits.ts';
import type { KeptScope } from './flow-control.ts';
import type { KeptValues } from './observed-values.ts';

/** A scope as it was kept, with the wall clock of that moment. */
export interface StoredScope extends KeptScope {
  readonly keptAtMs: number;
}

const hits: readonly LimitHit[] = [
  'connections',
  'connections-per-address',
  'connections-per-network',
  'rate',
  'rate-per-address',
];

/** `undefined` when it is nothing that this version knows: then it is observed anew. */
export function readKeptScope(
  value: unknown,
): { readonly key: string; readonly row: StoredScope } | undefined {
  if (!isRecord(value)) return undefined;
  const { scope, keptAtMs, limits } = value;
  if (typeof scope !== 'string' || !isNumber(keptAtMs) || !isRecord(limits)) return undefined;
  const read: { [H in LimitHit]?: KeptValues } = {};
  for (const hit of hits) {
    const values = limits[hit];
    if (isValues(values)) read[hit] = values;
  }
  return { key: scope, row: { scope, keptAtMs, limits: read satisfies KeptLimits } };
}

function isValues(value: unknown): value is KeptValues {
  return isRecord(value) && isNumber(value['ageMs']) && isHalf(value['newer']) && isHalf(value['older']);
}

function isHalf(value: unknown): boolean {
  if (!isRecord(value) || !isNumber(value['peak']) || !isNumber(value['hits'])) return false;
  const { counts } = value;
  return (
    Array.isArray(counts) &&
    counts.every((row) => Array.isArray(row) && row.length === 2 && row.every(isNumber))
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
