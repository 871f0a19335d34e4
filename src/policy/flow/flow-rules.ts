import type { ClientAddress, NetworkSet } from '#base/client-address.ts';
import { clientRange } from './client-range.ts';
import type { FlowPlace, FlowRow, FlowRule } from './flow-row.ts';

/** Networks that rules call by name. */
export type NamedNetworks = (name: string) => NetworkSet | undefined;

const nobody: NetworkSet = { has: () => false };

/** Rules in the order in which they are asked at one listener: its own, its service's, the server's (I-92). */
export class FlowRules {
  readonly #rows: readonly { readonly rule: FlowRule; readonly who: NetworkSet }[];

  constructor(
    rows: readonly FlowRow[],
    {
      listener,
      service,
      networks,
    }: { readonly listener: string; readonly service: string; readonly networks: NamedNetworks },
  ) {
    this.#rows = rows
      .filter((row) => row.kind === 'rule')
      .filter(({ on }) => holdsAt(on, { listener, service }))
      .sort((a, b) => closeness[a.on.kind] - closeness[b.on.kind] || a.priority - b.priority)
      .map((rule) => ({ rule, who: whoOf(rule.who, networks) }));
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** The first that fits. */
  find(client: ClientAddress): FlowRule | undefined {
    return this.#rows.find(({ who }) => who.has(client))?.rule;
  }
}

const closeness: Readonly<Record<FlowPlace['kind'], number>> = { listener: 0, service: 1, server: 2 };

function holdsAt(
  place: FlowPlace,
  { listener, service }: { readonly listener: string; readonly service: string },
): boolean {
  switch (place.kind) {
    case 'listener':
      return place.name === listener;
    case 'service':
      return place.name === service;
    default:
      return true;
  }
}

/** A name that nobody has fits nobody: a list that was taken away must not let everyone through. */
function whoOf(who: string, networks: NamedNetworks): NetworkSet {
  return (who.startsWith('@') ? networks(who.slice(1)) : clientRange(who)) ?? nobody;
}
