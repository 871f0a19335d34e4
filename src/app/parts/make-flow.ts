import type { Configuration } from '#config/configuration.ts';
import { connectionSettings } from '#net/connection-settings.ts';
import { FlowControl } from '#net/flow-control.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import { flowSettings } from '#policy/flow/flow-settings.ts';
import type { LiveSettings } from '../live-settings.ts';

/** Flow control of all listeners, under settings that are live (P-33, I-92). */
export function makeFlow(
  { listeners }: Configuration,
  settings: LiveSettings,
  networks: NamedNetworks,
): FlowControl {
  const flow = new FlowControl({
    settings: settings.view(flowSettings),
    defaults: settings.view(connectionSettings),
    networks,
    reserve: () => settings.value(connectionSettings.reservePercent) / 100,
  });
  for (const { name, role } of listeners) flow.gate(name, role);
  return flow;
}
