import type { Network } from '#base/client-address.ts';
import { networkSet } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Ban } from './ban.ts';
import { limitRules, limitsByPort, limitSets, portMatch, portRuleLine } from './nft-limits.ts';
import type { PortLimits, PortRule } from './nft-limits.ts';

/** Bans that last until they are lifted leave the packet filter after a day, lest a set outlive its server. */
const openEndedMs = 86_400_000;

export interface NftParts {
  readonly bans: readonly Ban[];
  /** `bans.never` */
  readonly never: readonly Network[];
  /** Clients that are held to no limits. */
  readonly free: readonly Network[];
  /** Nothing else of the host is concerned. */
  readonly listeners: readonly PortLimits[];
  /** Rules of flow control that allow or deny, in their order. */
  readonly rules: readonly PortRule[];
  readonly nowMs: number;
}

/**
 * The bans, the rules and the limits of flow control as a table for `nft -f -` (I-81, I-91). Loaded again it takes the
 * place of the one before; elements go by themselves when their ban is over.
 */
export function nftTable(parts: NftParts): string {
  const ports = portMatch(parts.listeners.map(({ port }) => port));
  const bans = widestOnly(parts.bans);
  const limits = limitsByPort(parts.listeners);
  return [
    '# Made by "postern ban export". Load with: postern ban export | nft -f -',
    'table inet postern',
    'delete table inet postern',
    'table inet postern {',
    ...setOf('never4', 'ipv4_addr', elements(parts.never, false)),
    ...setOf('never6', 'ipv6_addr', elements(parts.never, true)),
    ...setOf('free4', 'ipv4_addr', elements(parts.free, false)),
    ...setOf('free6', 'ipv6_addr', elements(parts.free, true)),
    ...setOf('banned4', 'ipv4_addr', banElements(bans, { isIpv6: false, nowMs: parts.nowMs })),
    ...setOf('banned6', 'ipv6_addr', banElements(bans, { isIpv6: true, nowMs: parts.nowMs })),
    ...limits.flatMap(limitSets),
    '  chain input {',
    '    type filter hook input priority filter - 10; policy accept;',
    '    iif lo accept',
    `    tcp dport != ${ports} accept`,
    '    ip saddr @never4 accept',
    '    ip6 saddr @never6 accept',
    '    ip saddr @banned4 drop',
    '    ip6 saddr @banned6 drop',
    '    ip saddr @free4 accept',
    '    ip6 saddr @free6 accept',
    ...parts.rules.map(portRuleLine),
    ...limits.flatMap(limitRules),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The kernel refuses a set whose intervals overlap. */
function widestOnly(bans: readonly Ban[]): readonly Ban[] {
  const kept: { readonly ban: Ban; readonly covers: (network: Network) => boolean }[] = [];
  for (const ban of [...bans].sort((a, b) => bitsOf(a.network) - bitsOf(b.network))) {
    if (kept.some(({ covers }) => covers(ban.network))) continue;
    const isOneAddress = bitsOf(ban.network) === (ban.network.includes(':') ? 128 : 32);
    const set = networkSet([ban.network]);
    kept.push({ ban, covers: isOneAddress ? () => false : (other) => set.has(firstAddress(other)) });
  }
  return kept.map(({ ban }) => ban);
}

function firstAddress(network: Network): ClientAddress {
  return network.slice(0, network.indexOf('/')) as ClientAddress;
}

function bitsOf(network: Network): number {
  return Number(network.slice(network.indexOf('/') + 1));
}

function banElements(
  bans: readonly Ban[],
  { isIpv6, nowMs }: { readonly isIpv6: boolean; readonly nowMs: number },
): readonly string[] {
  return bans
    .filter(({ network }) => network.includes(':') === isIpv6)
    .map(({ network, untilMs = nowMs + openEndedMs }) => {
      const seconds = Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
      return `${network} timeout ${seconds}s`;
    });
}

function elements(networks: readonly Network[], isIpv6: boolean): readonly string[] {
  return networks.filter((network) => network.includes(':') === isIpv6);
}

function setOf(name: string, type: string, members: readonly string[]): readonly string[] {
  const flags = name.startsWith('banned') ? 'interval, timeout' : 'interval';
  return [
    `  set ${name} {`,
    `    type ${type}`,
    `    flags ${flags}`,
    '    auto-merge',
    ...(members.length === 0 ? [] : [`    elements = { ${members.join(', ')} }`]),
    '  }',
  ];
}
