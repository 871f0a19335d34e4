import { parseClientAddress } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseDomain } from '#mail/domain.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';

const description =
  'a server as "host:port" or "host:port,tls", where tls is "opportunistic", "encrypted" or "verified", like "10.0.0.7:25" or "mail.inner.example:25,verified"';

const tlsWords = ['opportunistic', 'encrypted', 'verified'] as const;

/** The server behind this one, as a person types it. */
export const downstreamKind: Kind<DownstreamHost> = {
  description,
  read(value) {
    const host = typeof value === 'string' ? parse(value.trim()) : undefined;
    return host === undefined ? err(problem(`must be ${description}, not ${shown(value)}`)) : ok(host);
  },
  fromText: (text) => text,
  write: spellDownstream,
};

/** Takes it away again. */
export const downstreamOrNoneKind: Kind<DownstreamHost | 'none'> = {
  description: `${description}, or "none"`,
  read: (value) => (value === 'none' ? ok('none') : downstreamKind.read(value)),
  fromText: (text) => text.trim(),
  write: (value) => (value === 'none' ? value : spellDownstream(value)),
};

export function spellDownstream({ host, port, tls }: DownstreamHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port},${tls}`;
}

function parse(text: string): DownstreamHost | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^:[\],]{1,253})):(\d{1,5})(?:,([a-z]{1,20}))?$/.exec(text);
  if (match === null) return undefined;
  const [, ipv6, name = '', portText = '', tlsText = 'opportunistic'] = match;
  const port = Number(portText);
  const tls = tlsWords.find((word) => word === tlsText);
  const host = hostOf(ipv6 ?? name);
  if (host === undefined || tls === undefined || port < 1 || port > 65_535) return undefined;
  // A certificate vouches for a name.
  return tls === 'verified' && parseClientAddress(host) !== undefined ? undefined : { host, port, tls };
}

function hostOf(text: string): string | undefined {
  const address = parseClientAddress(text);
  if (address !== undefined) return address;
  const domain = parseDomain(text, { allowUnicode: true });
  return domain.ok && !/^[\d.]+$/.test(domain.value) ? domain.value : undefined;
}
