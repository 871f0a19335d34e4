import type { Network } from '#base/client-address.ts';
import { networkSet } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Ban } from './ban.ts';

/** Bans that last until they are lifted leave the packet filter after a day, lest a set outlive its server. */
const openEndedMs = 86_400_000;

export interface NftParts {
  readonly bans: readonly Ban[];
  /** `bans.never` */
  readonly never: readonly Network[];
  /** TCP ports of the listeners: nothing else of the host is concerned. */
  readonly ports: readonly number[];
  readonly nowMs: number;
  /** I-91: what one client may open before packets are dropped, twice what the server itself allows. 0: no limit. */
  readonly openPerAddressMax: number;
  readonly newPerMinuteMax: number;
}

/**
 * The bans as a table for `nft -f -` (I-81, I-91). Loaded again it takes the place of the one before; elements go by
 * themselves when their ban is over.
 */
export function nftTable(parts: NftParts): string {
  const ports = `{ ${[...new Set(parts.ports)].sort((a, b) => a - b).join(', ')} }`;
  const bans = widestOnly(parts.bans);
  return [
    '# Made by "postern ban export". Load with: postern ban export | nft -f -',
    'table inet postern',
    'delete table inet postern',
    'table inet postern {',
    ...setOf('never4', 'ipv4_addr', elements(parts.never, false)),
    ...setOf('never6', 'ipv6_addr', elements(parts.never, true)),
    ...setOf('banned4', 'ipv4_addr', banElements(bans, { isIpv6: false, nowMs: parts.nowMs })),
    ...setOf('banned6', 'ipv6_addr', banElements(bans, { isIpv6: true, nowMs: parts.nowMs })),
    ...floodSets(parts),
    '  chain input {',
    '    type filter hook input priority filter - 10; policy accept;',
    '    iif lo accept',
    `    tcp dport != ${ports} accept`,
    '    ip saddr @never4 accept',
    '    ip6 saddr @never6 accept',
    '    ip saddr @banned4 drop',
    '    ip6 saddr @banned6 drop',
    ...floodRules(parts),
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

/** Sources that the kernel counts at once. */
const floodSourcesMax = 65_535;

function floodSets({ openPerAddressMax, newPerMinuteMax }: NftParts): readonly string[] {
  const set = (name: string, type: string, flags: string): readonly string[] => [
    `  set ${name} { type ${type}; size ${floodSourcesMax}; flags ${flags}; }`,
  ];
  return [
    ...(newPerMinuteMax === 0 ? [] : set('new4', 'ipv4_addr', 'dynamic,timeout; timeout 2m')),
    ...(newPerMinuteMax === 0 ? [] : set('new6', 'ipv6_addr', 'dynamic,timeout; timeout 2m')),
    ...(openPerAddressMax === 0 ? [] : set('open4', 'ipv4_addr', 'dynamic')),
    ...(openPerAddressMax === 0 ? [] : set('open6', 'ipv6_addr', 'dynamic')),
  ];
}

function floodRules({ openPerAddressMax, newPerMinuteMax }: NftParts): readonly string[] {
  const rate = newPerMinuteMax * 2;
  const open = openPerAddressMax * 2;
  const v6 = 'ip6 saddr & ffff:ffff:ffff:ffff::';
  return [
    ...(newPerMinuteMax === 0
      ? []
      : [
          `    ct state new update @new4 { ip saddr limit rate over ${rate}/minute burst ${rate} packets } drop`,
          `    ct state new update @new6 { ${v6} limit rate over ${rate}/minute burst ${rate} packets } drop`,
        ]),
    ...(openPerAddressMax === 0
      ? []
      : [
          `    ct state new add @open4 { ip saddr ct count over ${open} } drop`,
          `    ct state new add @open6 { ${v6} ct count over ${open} } drop`,
        ]),
  ];
}
