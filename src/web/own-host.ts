import type { WebPeer } from './web-peer.ts';

/** RFC 9110 §7.2; longer ones are nobody's name. */
const hostCharactersMax = 260;

/** The name in a Host field, without the port; IPv6 in brackets. `undefined`: it is none. */
export function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host.length > hostCharactersMax) return undefined;
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(host.toLowerCase());
  return match?.[1];
}

/**
 * S-14: the name under which we were asked is one of ours. A page of somebody else whose name was made to lead here
 * (DNS rebinding) asks under its own. Any port: the way here may lead through a tunnel.
 */
export function isOwnHost(
  host: string | undefined,
  names: ReadonlySet<string>,
  { localAddress }: WebPeer,
): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  const own = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return name === 'localhost' || name === own || names.has(name);
}

/** Over names of this kind HSTS would concern all that listens on the machine, or nothing (RFC 6797 §8.1.1). */
export function isMachineName(host: string | undefined): boolean {
  const name = hostName(host) ?? '';
  return name === 'localhost' || name.startsWith('[') || /^[\d.]+$/.test(name);
}

/**
 * S-14: the form was on a page of ours. Browsers say where a form comes from (`Origin`), current ones in their own words
 * too (`Sec-Fetch-Site`), which no page can change; whoever says neither is no browser that we know. Without TLS here there
 * may be some before us, brought by a proxy.
 */
export function isOwnForm(headers: Headers, host: string | undefined, isEncrypted: boolean): boolean {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  if (site !== null && site !== 'same-origin') return false;
  if (origin === null) return site !== null;
  return (
    host !== undefined && (origin === `https://${host}` || (!isEncrypted && origin === `http://${host}`))
  );
}
