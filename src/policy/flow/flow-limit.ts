import { integer } from '#config/kinds/integer.ts';
import { duration } from '#config/kinds/duration.ts';
import type { Kind } from '#config/kind.ts';

/** The most that a limit may be set to. */
export const flowLimitMax = 1_000_000;

const count = integer({ min: 0, max: flowLimitMax });

/** The limits of flow control by the words they are set with (P-29 to P-31, I-92). */
export const flowLimits = {
  open: { kind: count, meaning: 'open at once' },
  'per-address': { kind: count, meaning: 'open at once from one address (IPv6: one /64)' },
  'per-network': { kind: count, meaning: 'open at once from one neighbourhood (/24; IPv6: /56)' },
  new: { kind: count, meaning: 'new in an interval' },
  'new-per-address': { kind: count, meaning: 'new in an interval from one address' },
  interval: { kind: duration({ minMs: 1000, maxMs: 3_600_000 }), meaning: 'the interval' },
} as const satisfies Readonly<Record<string, { readonly kind: Kind<number>; readonly meaning: string }>>;

export type FlowLimitName = keyof typeof flowLimits;
export const flowLimitNames = Object.keys(flowLimits) as readonly FlowLimitName[];

/** Limits that somebody set; 0 switches one off, what is absent is taken from the next wider scope. */
export type FlowLimitValues = { readonly [N in FlowLimitName]?: number };
