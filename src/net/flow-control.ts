import type { ClientAddress } from '#base/client-address.ts';
import type { FlowLimitName, FlowLimitValues } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { spellPlace } from '#policy/flow/flow-row.ts';
import { FlowRules } from '#policy/flow/flow-rules.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import { proposedLimit } from '#policy/flow/proposed-limit.ts';
import { ConnectionLimits } from './connection-limits.ts';
import type { KeptLimits, LimitHit, LimitSettings, Standing } from './connection-limits.ts';
import type { Admission, Gate } from './gate.ts';
import { admitted, freely } from './gate.ts';

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
  /** Live: the share of each total that strangers leave to clients whom we know, 0 to 1 (S-09). */
  readonly reserve?: () => number;
}

/** What was seen of one scope, to be kept over a restart (P-33). */
export interface KeptScope {
  readonly scope: string;
  readonly limits: KeptLimits;
}

/** Of a service nothing but its own totals is counted; its limits are each listener's. */
const unlimited: LimitSettings = { ...serverDefaults, connectionsMax: 0, newMax: 0 };

interface Restored {
  readonly limits: KeptLimits;
  readonly nowMs: number;
  readonly passedMs: number;
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
  readonly #services = new Map<string, Scope>();
  readonly #rules = new Map<string, Scope>();
  readonly #restored = new Map<string, Restored>();

  constructor(parts: FlowParts) {
    this.#parts = parts;
    this.#server = new Scope({
      name: 'server',
      resolve: () => this.#resolve(serverDefaults, ['server']),
      settings: parts.settings,
      counted: 'totals',
      reserve: parts.reserve,
    });
  }

  /** For a listener of this name and role. */
  gate(listener: string, service: string): Gate {
    const found = this.#gates.get(listener);
    if (found !== undefined) return found;
    const { settings, defaults, reserve } = this.#parts;
    // The server's own totals are kept by the server's scope; its other limits are each listener's.
    const places = ['server', `service:${service}`, `listener:${listener}`];
    const own = new Scope({
      name: `listener:${listener}`,
      resolve: () => this.#resolve(defaults, places),
      settings,
      reserve,
    });
    const gate = new ListenerGate({
      server: this.#server.limits,
      service: this.#serviceScope(service).limits,
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
      ...[...this.#services.values()].map((service) => service.report(['open', 'new'])),
      ...[...this.#gates.values()].map(({ own }) => own.report()),
      ...rules.map((row) => this.#ruleScope(row.kind === 'rule' ? row.name : '').report()),
    ];
  }

  /** What was seen so far, by scope; of rules those that there are. */
  keep(nowMs: number): readonly KeptScope[] {
    const names = new Set(
      this.#parts.settings.rows.flatMap((row) => (row.kind === 'rule' ? [row.name] : [])),
    );
    for (const [name, { limits }] of this.#rules)
      if (!names.has(name) && limits.openCount === 0) this.#rules.delete(name);
    return this.#scopes.map(({ name, limits }) => ({ scope: name, limits: limits.keep(nowMs) }));
  }

  /** @param passedMs since it was kept, by the wall clock */
  restore({ scope, limits }: KeptScope, at: { readonly nowMs: number; readonly passedMs: number }): void {
    this.#restored.set(scope, { limits, ...at });
    for (const one of this.#scopes) if (one.name === scope) this.#restoreScope(one);
  }

  get #scopes(): readonly Scope[] {
    const listeners = [...this.#gates.values()].map(({ own }) => own);
    return [this.#server, ...this.#services.values(), ...listeners, ...this.#rules.values()];
  }

  #restoreScope({ name, limits }: Scope): void {
    const kept = this.#restored.get(name);
    this.#restored.delete(name);
    if (kept !== undefined) limits.restore(kept.limits, kept);
  }

  #serviceScope(service: string): Scope {
    const found = this.#services.get(service);
    if (found !== undefined) return found;
    const resolved = { values: unlimited, from: new Map() };
    const { settings } = this.#parts;
    const name = `service:${service}`;
    const scope = new Scope({ name, resolve: () => resolved, settings, counted: 'totals' });
    this.#services.set(service, scope);
    return scope;
  }

  #ruleScope(name: string): Scope {
    const found = this.#rules.get(name);
    if (found !== undefined) return found;
    const { settings } = this.#parts;
    const scope = new Scope({
      name: `rule:${name}`,
      resolve: () => this.#resolve(unlimited, [`rule:${name}`]),
      settings,
    });
    this.#rules.set(name, scope);
    this.#restoreScope(scope);
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
  readonly reserve?: (() => number) | undefined;
}

/** Counters of one scope under limits that are made anew when the rows change. */
class Scope {
  readonly limits: ConnectionLimits;
  readonly name: string;
  readonly #now: () => Resolved;

  constructor({ name, resolve, settings, counted, reserve }: ScopeParts) {
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
    const properties = names.map(([, key]) => [key, { get: () => this.#now().values[key] }]);
    this.limits = new ConnectionLimits(
      Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap) as LimitSettings,
      { ...(counted === undefined ? {} : { counted }), ...(reserve === undefined ? {} : { reserve }) },
    );
  }

  report(shown?: readonly FlowLimitName[]): FlowScopeReport {
    const { values, from } = this.#now();
    const { limits } = this;
    return {
      scope: this.name,
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
  readonly service: ConnectionLimits;
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
    return this.#admit(client, isExempt ? 'exempt' : 'stranger', nowMs);
  }

  release(client: ClientAddress, admission: Admission): void {
    this.#parts.server.release(client);
    this.#parts.service.release(client);
    this.own.limits.release(client);
    if (admission.hit === undefined) admission.release?.(client);
  }

  #admit(client: ClientAddress, standing: Standing, nowMs: number): Admission {
    const { settings, ruleScope } = this.#parts;
    if (settings.rows !== this.#rows) {
      this.#rows = settings.rows;
      this.#rules = this.#parts.rules(this.#rows);
    }
    const rule = this.#rules.isEmpty ? undefined : this.#rules.find(client);
    if (rule?.action === 'deny') return { hit: 'rule', rule: rule.name };
    const counted = rule?.action === 'allow' ? 'exempt' : standing;
    const limits = rule?.action === 'limit' ? ruleScope(rule.name) : undefined;
    const hit = this.#count(client, { standing: counted, limits, nowMs });
    if (hit !== undefined) return this.#refused(client, { hit, rule: rule?.name, standing: counted });
    if (limits !== undefined) return { hit: undefined, release: (gone) => limits.release(gone) };
    return rule?.action === 'allow' ? freely : admitted;
  }

  /** Of the totals a part is kept for those whom we know. */
  #refused(
    client: ClientAddress,
    {
      hit,
      rule,
      standing,
    }: { readonly hit: LimitHit; readonly rule: string | undefined; readonly standing: Standing },
  ): Admission {
    if (standing !== 'stranger' || (hit !== 'connections' && hit !== 'rate')) return { hit, rule };
    return { hit, rule, ifKnown: (nowMs) => this.#admit(client, 'known', nowMs) };
  }

  /** All that apply, or none of them. */
  #count(
    client: ClientAddress,
    {
      standing,
      limits,
      nowMs,
    }: { readonly standing: Standing; readonly limits: ConnectionLimits | undefined; readonly nowMs: number },
  ): LimitHit | undefined {
    const { server, service } = this.#parts;
    // The narrower first: what a listener refuses one address does not use up what all listeners may take.
    const taken: ConnectionLimits[] = [];
    for (const scope of [this.own.limits, server, ...(limits === undefined ? [] : [limits])]) {
      const hit = scope.admit(client, standing, nowMs);
      if (hit !== undefined) {
        for (const before of taken) before.release(client);
        return hit;
      }
      taken.push(scope);
    }
    service.admit(client, standing, nowMs);
    return undefined;
  }
}
