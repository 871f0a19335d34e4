import { networkSet } from '#base/client-address.ts';
import type { NetworkSet } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import { connectionSettings } from '#net/connection-settings.ts';
import { FlowControl } from '#net/flow-control.ts';
import { flowSettings } from '#policy/flow/flow-settings.ts';
import type { LiveSettings } from '../live-settings.ts';

/** Flow control of all listeners, under settings that are live (P-33, I-92). */
export function makeFlow({ networks, listeners }: Configuration, settings: LiveSettings): FlowControl {
  const named = new Map<string, NetworkSet>(networks.map((row) => [row.name, networkSet(row.addresses)]));
  const flow = new FlowControl({
    settings: settings.view(flowSettings),
    defaults: settings.view(connectionSettings),
    networks: (name) => named.get(name),
  });
  for (const { name, role } of listeners) flow.gate(name, role);
  return flow;
}
