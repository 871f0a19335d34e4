import type { NetworkSet } from '#base/client-address.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';
import { planHost } from '#delivery/outbound/destination-plan.ts';
import type { DestinationPlan, PlanParts } from '#delivery/outbound/destination-plan.ts';
import type { DestinationRules } from '#delivery/outbound/destination-rules.ts';

export type DownstreamPlan = Extract<DestinationPlan, { kind: 'servers' | 'later' }>;

/**
 * The addresses of the server behind this one. An administrator named it, so that it may be private, and a trial server
 * reaches it too (I-88); but it is never ourselves. What is wrong with the entry can be mended: mail waits for it.
 */
export async function planDownstream(
  parts: PlanParts,
  { host, port }: DownstreamHost,
  signal: AbortSignal,
): Promise<DownstreamPlan> {
  const plan = await planHost({ ...parts, rules: downstreamRules(parts.rules, port) }, host, signal);
  if (plan.kind === 'servers' || plan.kind === 'later') return plan;
  const status = 'status' in plan ? plan.status.replace(/^5/, '4') : '4.4.4';
  return { kind: 'later', status, text: `the server behind this one, ${host}: ${plan.text}` };
}

const anywhere: NetworkSet = { has: () => true };
const nobody: ReadonlySet<string> = new Set();

function downstreamRules(rules: DestinationRules, port: number): DestinationRules {
  // Under our own name another port may well be another server.
  const ownNames = rules.ownPorts.has(port) ? rules.ownNames : nobody;
  return { ...rules, port, ownNames, privateDestinations: anywhere, destinations: 'all' };
}
