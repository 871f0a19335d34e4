import type { Kind } from '../kind.ts';
import { quantity } from './quantity.ts';

const units = [
  { name: 'ms', factor: 1 },
  { name: 's', factor: 1000 },
  { name: 'm', factor: 60_000 },
  { name: 'h', factor: 3_600_000 },
  { name: 'd', factor: 86_400_000 },
];

/** A span of time in milliseconds, written "90s", "15m", "30d". */
export function duration(range: { readonly minMs: number; readonly maxMs: number }): Kind<number> {
  return quantity({ what: 'a duration', example: '15m', units, min: range.minMs, max: range.maxMs });
}
