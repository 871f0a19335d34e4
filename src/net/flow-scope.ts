import type { FlowLimitName } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { proposedLimit } from '#policy/flow/proposed-limit.ts';
import { ConnectionLimits } from './connection-limits.ts';
import type { LimitHit, LimitSettings } from './connection-limits.ts';

/** The words of the rows beside the names of the counters. */
export const flowLimits: readonly (readonly [FlowLimitName, keyof LimitSettings, LimitHit | undefined])[] = [
  ['open', 'connectionsMax', 'connections'],
  ['per-address', 'perAddressMax', 'connections-per-address'],
  ['per-network', 'perNetworkMax', 'connections-per-network'],
  ['new', 'newMax', 'rate'],
  ['new-per-address', 'newPerAddressMax', 'rate-per-address'],
  ['interval', 'windowMs', undefined],
];

/** A limit and what set it. */
export interface ResolvedLimits {
  readonly values: LimitSettings;
  readonly from: ReadonlyMap<keyof LimitSettings, string>;
  /** What the closest place sets it instead of. */
  readonly overridden: ReadonlyMap<keyof LimitSettings, { readonly limit: number; readonly from: string }>;
}

/** The defaults stay live below what is set. */
export function layered(
  defaults: LimitSettings,
  set: ReadonlyMap<keyof LimitSettings, number>,
): LimitSettings {
  const properties = flowLimits.map(([, key]) => [key, { get: () => set.get(key) ?? defaults[key] }]);
  return Object.defineProperties(
    {},
    Object.fromEntries(properties) as PropertyDescriptorMap,
  ) as LimitSettings;
}

export interface FlowScopeParts {
  readonly name: string;
  readonly resolve: () => ResolvedLimits;
  readonly settings: { readonly rows: readonly FlowRow[] };
  readonly counted?: 'totals';
  readonly reserve?: (() => number) | undefined;
}

/** Counters of one scope under limits that are made anew when the rows change. */
export class FlowScope {
  readonly limits: ConnectionLimits;
  readonly name: string;
  readonly #now: () => ResolvedLimits;

  constructor({ name, resolve, settings, counted, reserve }: FlowScopeParts) {
    this.name = name;
    let rows = settings.rows;
    let resolved = resolve();
    this.#now = () => {
      if (settings.rows !== rows) {
        rows = settings.rows;
        resolved = resolve();
      }
      return resolved;
    };
    const properties = flowLimits.map(([, key]) => [key, { get: () => this.#now().values[key] }]);
    this.limits = new ConnectionLimits(
      Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap) as LimitSettings,
      { ...(counted === undefined ? {} : { counted }), ...(reserve === undefined ? {} : { reserve }) },
    );
  }

  report(shown?: readonly FlowLimitName[]): FlowScopeReport {
    const { values, from, overridden } = this.#now();
    const { limits } = this;
    return {
      scope: this.name,
      open: limits.openCount,
      seen: limits.seen('connections').count,
      limits: flowLimits
        .filter(([name]) => shown?.includes(name) !== false)
        .map(([name, key, hit]): FlowLimitReport => {
          const seen = hit === undefined ? unseen : limits.seen(hit);
          const { hits, peak, p50, p95, p99 } = seen;
          const proposed = hit === undefined ? undefined : proposedLimit(seen);
          return {
            name,
            limit: values[key],
            from: from.get(key) ?? 'default',
            overrides: overridden.get(key),
            hits,
            peak,
            p50,
            p95,
            p99,
            proposed,
          };
        }),
    };
  }
}

const unseen = { count: 0, peak: 0, p50: 0, p95: 0, p99: 0, hits: 0 };
