import type { FlowLimitName, FlowLimitValues } from '#policy/flow/flow-limit.ts';
import type { FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { spellPlace } from '#policy/flow/flow-row.ts';
import { FlowRules } from '#policy/flow/flow-rules.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import type { KeptLimits, LimitSettings } from './connection-limits.ts';
import { FlowScope, flowLimits, layered } from './flow-scope.ts';
import type { ResolvedLimits } from './flow-scope.ts';
import type { Gate } from './gate.ts';
import { ListenerGate } from './listener-gate.ts';

/** P-29: of the whole server, where no row `server` says otherwise; the other limits are each listener's. */
export const serverDefaults: LimitSettings = {
  connectionsMax: 20_000,
  perAddressMax: 0,
  perNetworkMax: 0,
  newMax: 120_000,
  newPerAddressMax: 0,
  windowMs: 60_000,
};

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

/** The application's own firewall (I-92): a gate for each listener, all counting into the server's own limits. */
export class FlowControl {
  readonly #parts: FlowParts;
  readonly #server: FlowScope;
  readonly #gates = new Map<string, ListenerGate>();
  readonly #services = new Map<string, FlowScope>();
  readonly #rules = new Map<string, FlowScope>();
  readonly #restored = new Map<string, Restored>();

  constructor(parts: FlowParts) {
    this.#parts = parts;
    this.#server = new FlowScope({
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
    const own = new FlowScope({
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

  get #scopes(): readonly FlowScope[] {
    const listeners = [...this.#gates.values()].map(({ own }) => own);
    return [this.#server, ...this.#services.values(), ...listeners, ...this.#rules.values()];
  }

  #restoreScope({ name, limits }: FlowScope): void {
    const kept = this.#restored.get(name);
    this.#restored.delete(name);
    if (kept !== undefined) limits.restore(kept.limits, kept);
  }

  #serviceScope(service: string): FlowScope {
    const found = this.#services.get(service);
    if (found !== undefined) return found;
    const resolved = { values: unlimited, from: new Map(), overridden: new Map() };
    const { settings } = this.#parts;
    const name = `service:${service}`;
    const scope = new FlowScope({ name, resolve: () => resolved, settings, counted: 'totals' });
    this.#services.set(service, scope);
    return scope;
  }

  #ruleScope(name: string): FlowScope {
    const found = this.#rules.get(name);
    if (found !== undefined) return found;
    const { settings } = this.#parts;
    const scope = new FlowScope({
      name: `rule:${name}`,
      resolve: () => this.#resolve(unlimited, [`rule:${name}`]),
      settings,
    });
    this.#rules.set(name, scope);
    this.#restoreScope(scope);
    return scope;
  }

  /** The closest place that sets a limit decides; `places` from the widest. */
  #resolve(defaults: LimitSettings, places: readonly string[]): ResolvedLimits {
    const set = new Map<keyof LimitSettings, number>();
    const isListener = places.length > 1;
    const from = new Map<keyof LimitSettings, string>();
    const overridden = new Map<keyof LimitSettings, { readonly limit: number; readonly from: string }>();
    for (const place of places) {
      const limits = this.#limitsOf(place);
      for (const [name, key] of flowLimits) {
        const value = limits[name];
        if (value === undefined || (place === 'server' && isTotal(name) === isListener)) continue;
        overridden.set(key, { limit: set.get(key) ?? defaults[key], from: from.get(key) ?? 'default' });
        set.set(key, value);
        from.set(key, place);
      }
    }
    return { values: layered(defaults, set), from, overridden };
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
