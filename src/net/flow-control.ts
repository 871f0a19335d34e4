import type { ClientAddress } from '#base/client-address.ts';
import type { FlowLimitName, FlowLimitValues } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { spellPlace } from '#policy/flow/flow-row.ts';
import { FlowRules } from '#policy/flow/flow-rules.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import { proposedLimit } from '#policy/flow/proposed-limit.ts';
import { ConnectionLimits } from './connection-limits.ts';
import type { LimitHit, LimitSettings } from './connection-limits.ts';
import type { Admission, Gate } from './gate.ts';
import { admitted } from './gate.ts';

/** P-29: of the whole server, where no row `server` says otherwise; the other limits are each listener's. */
export const serverDefaults: LimitSettings = {
  connectionsMax: 20_000,
  perAddressMax: 0,
  perNetworkMax: 0,
  newMax: 120_000,
  newPerAddressMax: 0,
  windowMs: 60_000,
};

/** The words of the rows beside the names of the counters. */
const names: readonly (readonly [FlowLimitName, keyof LimitSettings, LimitHit | undefined])[] = [
  ['open', 'connectionsMax', 'connections'],
  ['per-address', 'perAddressMax', 'connections-per-address'],
  ['per-network', 'perNetworkMax', 'connections-per-network'],
  ['new', 'newMax', 'rate'],
  ['new-per-address', 'newPerAddressMax', 'rate-per-address'],
  ['interval', 'windowMs', undefined],
];

export interface FlowParts {
  /** Live: the rows of `flow.rows` as they are now (P-33). */
  readonly settings: { readonly rows: readonly FlowRow[] };
  /** Live: the defaults of each listener. */
  readonly defaults: LimitSettings;
  readonly networks: NamedNetworks;
}

/** A limit and what set it. */
interface Resolved {
  readonly values: LimitSettings;
  readonly from: ReadonlyMap<keyof LimitSettings, string>;
}

/** The application's own firewall (I-92): a gate for each listener, all counting into the server's own limits. */
export class FlowControl {
  readonly #parts: FlowParts;
  readonly #server: Scope;
  readonly #gates = new Map<string, ListenerGate>();
  readonly #rules = new Map<string, Scope>();

  constructor(parts: FlowParts) {
    this.#parts = parts;
    this.#server = new Scope({
      name: 'server',
      resolve: () => this.#resolve(serverDefaults, ['server']),
      settings: parts.settings,
      counted: 'totals',
    });
  }

  /** For a listener of this name and role. */
  gate(listener: string, service: string): Gate {
    const found = this.#gates.get(listener);
    if (found !== undefined) return found;
    const { settings, defaults } = this.#parts;
    // The server's own totals are kept by the server's scope; its other limits are each listener's.
    const places = ['server', `service:${service}`, `listener:${listener}`];
    const own = new Scope({
      name: `listener:${listener}`,
      resolve: () => this.#resolve(defaults, places),
      settings,
    });
    const gate = new ListenerGate({
      server: this.#server.limits,
      own,
      settings,
      rules: (rows) => new FlowRules(rows, { listener, service, networks: this.#parts.networks }),
      ruleScope: (name) => this.#ruleScope(name).limits,
    });
    this.#gates.set(listener, gate);
    return gate;
  }

  get listeners(): readonly string[] {
    return [...this.#gates.keys()];
  }

  rows(): readonly FlowRow[] {
    return this.#parts.settings.rows;
  }

  /** P-33: every limit beside what was seen of it. */
  report(): readonly FlowScopeReport[] {
    const rules = this.#parts.settings.rows.filter((row) => row.kind === 'rule' && row.action === 'limit');
    return [
      this.#server.report(['open', 'new', 'interval']),
      ...[...this.#gates.values()].map(({ own }) => own.report()),
      ...rules.map((row) => this.#ruleScope(row.kind === 'rule' ? row.name : '').report()),
    ];
  }

  #ruleScope(name: string): Scope {
    const found = this.#rules.get(name);
    if (found !== undefined) return found;
    const { settings } = this.#parts;
    const none: LimitSettings = { ...serverDefaults, connectionsMax: 0, newMax: 0 };
    const scope = new Scope({
      name: `rule:${name}`,
      resolve: () => this.#resolve(none, [`rule:${name}`]),
      settings,
    });
    this.#rules.set(name, scope);
    return scope;
  }

  /** The closest place that sets a limit decides; `places` from the widest. */
  #resolve(defaults: LimitSettings, places: readonly string[]): Resolved {
    const set = new Map<keyof LimitSettings, number>();
    const isListener = places.length > 1;
    const from = new Map<keyof LimitSettings, string>();
    for (const place of places) {
      const limits = this.#limitsOf(place);
      for (const [name, key] of names) {
        const value = limits[name];
        if (value === undefined || (place === 'server' && isTotal(name) === isListener)) continue;
        set.set(key, value);
        from.set(key, place);
      }
    }
    return { values: layered(defaults, set), from };
  }

  #limitsOf(place: string): FlowLimitValues {
    const row = this.#parts.settings.rows.find((one) =>
      one.kind === 'rule' ? `rule:${one.name}` === place : spellPlace(one.place) === place,
    );
    return row?.limits ?? {};
  }
}

/** Of the row `server` these count all listeners together; its other limits are taken on by each listener. */
function isTotal(name: FlowLimitName): boolean {
  return name === 'open' || name === 'new' || name === 'interval';
}

/** The defaults stay live below what is set. */
function layered(defaults: LimitSettings, set: ReadonlyMap<keyof LimitSettings, number>): LimitSettings {
  const properties = names.map(([, key]) => [key, { get: () => set.get(key) ?? defaults[key] }]);
  return Object.defineProperties(
    {},
    Object.fromEntries(properties) as PropertyDescriptorMap,
  ) as LimitSettings;
}

interface ScopeParts {
  readonly name: string;
  readonly resolve: () => Resolved;
  readonly settings: FlowParts['settings'];
  readonly counted?: 'totals';
}

/** Counters of one scope under limits that are made anew when the rows change. */
class Scope {
  readonly limits: ConnectionLimits;
  readonly #name: string;
  readonly #now: () => Resolved;

  constructor({ name, resolve, settings, counted }: ScopeParts) {
    this.#name = name;
    let rows = settings.rows;
    let resolved = resolve();
    this.#now = () => {
      if (settings.rows !== rows) {
        rows = settings.rows;
        resolved = resolve();
      }
      return resolved;
    };
    const properties = names.map(([, key]) => [key, { get: () => this.#now().values[key] }]);
    this.limits = new ConnectionLimits(
      Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap) as LimitSettings,
      counted,
    );
  }

  report(shown?: readonly FlowLimitName[]): FlowScopeReport {
    const { values, from } = this.#now();
    const { limits } = this;
    return {
      scope: this.#name,
      open: limits.openCount,
      seen: limits.seen('connections').count,
      limits: names
        .filter(([name]) => shown?.includes(name) !== false)
        .map(([name, key, hit]): FlowLimitReport => {
          const seen = hit === undefined ? unseen : limits.seen(hit);
          const { hits, peak, p50, p95, p99 } = seen;
          const proposed = hit === undefined ? undefined : proposedLimit(seen);
          return {
            name,
            limit: values[key],
            from: from.get(key) ?? 'default',
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

interface ListenerGateParts {
  readonly server: ConnectionLimits;
  readonly own: Scope;
  readonly settings: FlowParts['settings'];
  readonly rules: (rows: readonly FlowRow[]) => FlowRules;
  readonly ruleScope: (name: string) => ConnectionLimits;
}

class ListenerGate implements Gate {
  readonly own: Scope;
  readonly #parts: ListenerGateParts;
  #rows: readonly FlowRow[];
  #rules: FlowRules;

  constructor(parts: ListenerGateParts) {
    this.#parts = parts;
    this.own = parts.own;
    this.#rows = parts.settings.rows;
    this.#rules = parts.rules(this.#rows);
  }

  admit(client: ClientAddress, isExempt: boolean, nowMs: number): Admission {
    const { settings, ruleScope } = this.#parts;
    if (settings.rows !== this.#rows) {
      this.#rows = settings.rows;
      this.#rules = this.#parts.rules(this.#rows);
    }
    const rule = this.#rules.isEmpty ? undefined : this.#rules.find(client);
    if (rule?.action === 'deny') return { hit: 'rule', rule: rule.name };
    const isFree = isExempt || rule?.action === 'allow';
    const limits = rule?.action === 'limit' ? ruleScope(rule.name) : undefined;
    const hit = this.#count(client, { isFree, limits, nowMs });
    if (hit !== undefined) return { hit, rule: rule?.name };
    return limits === undefined ? admitted : { hit: undefined, release: (gone) => limits.release(gone) };
  }

  release(client: ClientAddress, admission: Admission): void {
    this.#parts.server.release(client);
    this.own.limits.release(client);
    if (admission.hit === undefined) admission.release?.(client);
  }

  /** All that apply, or none of them. */
  #count(
    client: ClientAddress,
    {
      isFree,
      limits,
      nowMs,
    }: { readonly isFree: boolean; readonly limits: ConnectionLimits | undefined; readonly nowMs: number },
  ): LimitHit | undefined {
    const { server } = this.#parts;
    // The narrower first: what a listener refuses one address does not use up what all listeners may take.
    const own = this.own.limits.admit(client, isFree, nowMs);
    if (own !== undefined) return own;
    const total = server.admit(client, isFree, nowMs);
    if (total !== undefined) {
      this.own.limits.release(client);
      return total;
    }
    const special = limits?.admit(client, isFree, nowMs);
    if (special === undefined) return undefined;
    server.release(client);
    this.own.limits.release(client);
    return special;
  }
}
