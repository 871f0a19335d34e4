import type { AdminWorld } from '#admin/world.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import type { Configuration, ListenerBlock } from '#config/configuration.ts';
import type { PortLimits, PortRule } from '#policy/bans/nft-limits.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import type { FlowLimitName } from '#policy/flow/flow-limit.ts';
import type { FlowPlace, FlowRow } from '#policy/flow/flow-row.ts';
import type { LiveSettings } from '../live-settings.ts';

export interface FilterParts {
  readonly configuration: Configuration;
  readonly settings: LiveSettings;
  readonly flow: AdminWorld['flow'];
}

const closeness: Readonly<Record<FlowPlace['kind'], number>> = { listener: 0, service: 1, server: 2 };

/** What the packet filter of this machine is told beside the bans: the limits and rules as they are in force (I-91). */
export function packetFilter({
  configuration,
  settings,
  flow,
}: FilterParts): ReturnType<AdminWorld['bans']['packetFilter']> {
  const { listeners } = configuration;
  const reports = new Map(flow.report().map((row) => [row.scope, row]));
  const limitsOf = ({ name, port }: ListenerBlock): PortLimits => {
    const limits = reports.get(`listener:${name}`)?.limits ?? [];
    const value = (limit: FlowLimitName): number => limits.find((row) => row.name === limit)?.limit ?? 0;
    return {
      port,
      open: value('open'),
      perAddress: value('per-address'),
      perNetwork: value('per-network'),
      new: value('new'),
      newPerAddress: value('new-per-address'),
      intervalMs: value('interval') || 60_000,
    };
  };
  return {
    never: settings.value(banSettings.never),
    free: freeNetworks(configuration),
    listeners: listeners.map(limitsOf),
    rules: portRules(flow.rows(), listeners),
  };
}

/** Who is exempt from limits, and who brings the clients of others: a proxy's packets are everybody's. */
function freeNetworks({ networks, listeners }: Configuration): readonly Network[] {
  const speakers = new Set(listeners.flatMap((row) => [...row.proxy, ...row.xclient, ...row.gateways]));
  return networks
    .filter(({ name, exempt }) => exempt.includes('rate') || speakers.has(name))
    .flatMap(({ addresses }) => addresses);
}

/** Named lists and rules that limit are the server's own business: it knows who is meant at that moment. */
function portRules(rows: readonly FlowRow[], listeners: readonly ListenerBlock[]): readonly PortRule[] {
  return rows
    .filter((row) => row.kind === 'rule')
    .sort((a, b) => closeness[a.on.kind] - closeness[b.on.kind] || a.priority - b.priority)
    .flatMap(({ name, action, who, on }): readonly PortRule[] => {
      const ports = listeners.filter((one) => isAt(on, one)).map(({ port }) => port);
      if (action === 'limit' || who.startsWith('@') || ports.length === 0) return [];
      return [{ name, action, who: canonical(who), ports }];
    });
}

/** The kernel knows no mapped spellings (S-07). */
function canonical(who: string): string {
  if (who.includes('/')) return who;
  return who
    .split('-')
    .map((end) => parseClientAddress(end) ?? end)
    .join('-');
}

function isAt(place: FlowPlace, { name, role }: ListenerBlock): boolean {
  switch (place.kind) {
    case 'listener':
      return place.name === name;
    case 'service':
      return place.name === role;
    default:
      return true;
  }
}
