import { networksOf, type ClientAddress, type Network } from '#base/client-address.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import type { FlowRules } from '#policy/flow/flow-rules.ts';
import type { Asking, ConnectionLimits, CountedRates, LimitHit } from './connection-limits.ts';
import type { FlowScope } from './flow-scope.ts';
import type { Admission, Gate } from './gate.ts';
import { admitted, freely } from './gate.ts';

/** One connection, judged once or twice. */
interface RepeatedAsking extends Asking {
  readonly counted: CountedRates;
  /** What its client is counted under. */
  readonly networks: readonly Network[];
}

export interface ListenerGateParts {
  readonly server: ConnectionLimits;
  readonly service: ConnectionLimits;
  readonly own: FlowScope;
  readonly settings: { readonly rows: readonly FlowRow[] };
  readonly rules: (rows: readonly FlowRow[]) => FlowRules;
  readonly ruleScope: (name: string) => ConnectionLimits;
}

/** The gate of one listener: its rules, its own limits and those of the server. */
export class ListenerGate implements Gate {
  readonly own: FlowScope;
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
    const standing = isExempt ? 'exempt' : 'stranger';
    return this.#admit(client, { standing, nowMs, counted: new Set(), networks: networksOf(client) });
  }

  release(client: ClientAddress, admission: Admission): void {
    const networks = networksOf(client);
    this.#parts.server.release(networks);
    this.#parts.service.release(networks);
    this.own.limits.release(networks);
    if (admission.hit === undefined) admission.release?.(networks);
  }

  #admit(client: ClientAddress, asking: RepeatedAsking): Admission {
    const { settings, ruleScope } = this.#parts;
    if (settings.rows !== this.#rows) {
      this.#rows = settings.rows;
      this.#rules = this.#parts.rules(this.#rows);
    }
    const rule = this.#rules.isEmpty ? undefined : this.#rules.find(client);
    if (rule?.action === 'deny') return { hit: 'rule', rule: rule.name };
    const asked = rule?.action === 'allow' ? { ...asking, standing: 'exempt' as const } : asking;
    const limits = rule?.action === 'limit' ? ruleScope(rule.name) : undefined;
    const hit = this.#count(asked, limits);
    if (hit !== undefined) return this.#refused(client, { hit, rule: rule?.name }, asked);
    if (limits !== undefined) return { hit: undefined, release: (networks) => limits.release(networks) };
    return rule?.action === 'allow' ? freely : admitted;
  }

  /** Of the totals a part is kept for those whom we know. */
  #refused(
    client: ClientAddress,
    refused: { readonly hit: LimitHit; readonly rule: string | undefined },
    asked: RepeatedAsking,
  ): Admission {
    const { hit } = refused;
    if (asked.standing !== 'stranger' || (hit !== 'connections' && hit !== 'rate')) return refused;
    return { ...refused, ifKnown: (nowMs) => this.#admit(client, { ...asked, standing: 'known', nowMs }) };
  }

  /** All that apply, or none of them. */
  #count(asked: RepeatedAsking, limits: ConnectionLimits | undefined): LimitHit | undefined {
    const { networks } = asked;
    const { server, service } = this.#parts;
    // The narrower first: what a listener refuses one address does not use up what all listeners may take.
    const taken: ConnectionLimits[] = [];
    for (const scope of [this.own.limits, server, ...(limits === undefined ? [] : [limits])]) {
      const hit = scope.admit(networks, asked);
      if (hit !== undefined) {
        for (const before of taken) before.release(networks);
        return hit;
      }
      taken.push(scope);
    }
    service.admit(networks, asked);
    return undefined;
  }
}
