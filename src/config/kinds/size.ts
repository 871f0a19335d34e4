import type { Kind } from '../kind.ts';
import { quantity } from './quantity.ts';

const units = [
  { name: 'B', factor: 1 },
  { name: 'KiB', factor: 1024 },
  { name: 'MiB', factor: 1024 ** 2 },
  { name: 'GiB', factor: 1024 ** 3 },
  { name: 'TiB', factor: 1024 ** 4 },
];

/** A number of octets, written "512KiB", "50MiB". */
export function size(range: { readonly minBytes: number; readonly maxBytes: number }): Kind<number> {
  return quantity({ what: 'a size', example: '50MiB', units, min: range.minBytes, max: range.maxBytes });
}
