/** The limits of a listener, as they are set; 0: none. */
export interface PortLimits {
  readonly port: number;
  readonly open: number;
  readonly perAddress: number;
  readonly perNetwork: number;
  readonly new: number;
  readonly newPerAddress: number;
  readonly intervalMs: number;
}

export interface PortRule {
  readonly name: string;
  readonly action: 'allow' | 'deny';
  /** An address, a network or a range. */
  readonly who: string;
  readonly ports: readonly number[];
}

/** The server refuses with a word; packets are dropped only where somebody goes on in spite of it. */
const margin = 2;
/** Sources that the kernel counts at once. */
const sourcesMax = 65_535;

/** Of listeners that share a port the more generous limits hold. */
export function limitsByPort(listeners: readonly PortLimits[]): readonly PortLimits[] {
  const ports = [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b);
  return ports.map((port) => listeners.filter((row) => row.port === port).reduce(wider));
}

function wider(one: PortLimits, other: PortLimits): PortLimits {
  const most = (name: Exclude<keyof PortLimits, 'port'>): number =>
    one[name] === 0 || other[name] === 0 ? 0 : Math.max(one[name], other[name]);
  return {
    port: one.port,
    open: most('open'),
    perAddress: most('perAddress'),
    perNetwork: most('perNetwork'),
    new: most('new'),
    newPerAddress: most('newPerAddress'),
    intervalMs: Math.min(one.intervalMs, other.intervalMs),
  };
}

export function portMatch(ports: readonly number[]): string {
  return `{ ${[...new Set(ports)].sort((a, b) => a - b).join(', ')} }`;
}

export function portRuleLine({ name, action, who, ports }: PortRule): string {
  const family = who.includes(':') ? 'ip6' : 'ip';
  const verdict = action === 'allow' ? 'accept' : 'drop';
  return `    tcp dport ${portMatch(ports)} ${family} saddr ${who} ${verdict} comment "rule ${name}"`;
}

interface Family {
  readonly name: '4' | '6';
  readonly type: string;
  /** One client, and its neighbourhood (S-07). */
  readonly client: string;
  readonly network: string;
}

const families: readonly Family[] = [
  { name: '4', type: 'ipv4_addr', client: 'ip saddr', network: 'ip saddr & 255.255.255.0' },
  {
    name: '6',
    type: 'ipv6_addr',
    client: 'ip6 saddr & ffff:ffff:ffff:ffff::',
    network: 'ip6 saddr & ffff:ffff:ffff:ff00::',
  },
];

/** Who is counted for the limits of one port. */
export function limitSets(limits: PortLimits): readonly string[] {
  const { port, perAddress, perNetwork, newPerAddress, intervalMs } = limits;
  const timeout = `${Math.max(2, Math.ceil((margin * intervalMs) / 1000))}s`;
  const set = (name: string, type: string, flags: string): string =>
    `  set ${name} { type ${type}; size ${sourcesMax}; flags ${flags}; }`;
  return families.flatMap(({ name, type }) => [
    ...(newPerAddress === 0 ? [] : [set(`new${name}_${port}`, type, `dynamic,timeout; timeout ${timeout}`)]),
    ...(perAddress === 0 ? [] : [set(`open${name}_${port}`, type, 'dynamic')]),
    ...(perNetwork === 0 ? [] : [set(`near${name}_${port}`, type, 'dynamic')]),
  ]);
}

/** SYN packets and connections beyond what the listener itself would take (I-91). */
export function limitRules(limits: PortLimits): readonly string[] {
  const { port, open, perAddress, perNetwork, newPerAddress } = limits;
  const begin = `    tcp dport ${port} ct state new`;
  return [
    ...families.flatMap(({ name, client, network }) => [
      ...(newPerAddress === 0
        ? []
        : [`${begin} update @new${name}_${port} { ${client} ${rateOver(newPerAddress, limits)} } drop`]),
      ...(perAddress === 0
        ? []
        : [`${begin} add @open${name}_${port} { ${client} ct count over ${perAddress * margin} } drop`]),
      ...(perNetwork === 0
        ? []
        : [`${begin} add @near${name}_${port} { ${network} ct count over ${perNetwork * margin} } drop`]),
    ]),
    ...(limits.new === 0 ? [] : [`${begin} ${rateOver(limits.new, limits)} drop`]),
    ...(open === 0 ? [] : [`${begin} ct count over ${open * margin} drop`]),
  ];
}

function rateOver(count: number, { intervalMs }: PortLimits): string {
  const burst = count * margin;
  const perMinute = Math.max(1, Math.ceil((burst * 60_000) / intervalMs));
  return `limit rate over ${perMinute}/minute burst ${burst} packets`;
}
