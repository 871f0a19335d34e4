import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { DnsServer } from './dns-exchange.ts';
import { dnsServersMax } from './ask-servers.ts';

const portDefault = 53;

export interface DnsSettings {
  /** `address`, `address:port` or `[address]:port`; empty: those of the system. */
  readonly servers: readonly string[];
  /** Believe the AD bit of servers that are not on this machine (S-09). */
  readonly trustAd: boolean;
}

/** The servers to ask, or the first text that is none. */
export function dnsServers(
  settings: DnsSettings,
  resolvConf: string = '/etc/resolv.conf',
): Result<readonly DnsServer[], string> {
  const texts = settings.servers.length > 0 ? settings.servers : systemServers(resolvConf);
  const servers: DnsServer[] = [];
  for (const text of texts.slice(0, dnsServersMax)) {
    const server = parseDnsServer(text, settings.trustAd);
    if (server === undefined) return err(text);
    servers.push(server);
  }
  return ok(servers);
}

export function parseDnsServer(text: string, trustAd: boolean): DnsServer | undefined {
  const parts = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const address = parts?.[1] ?? text;
  const port = Number(parts?.[2] ?? portDefault);
  if (isIP(address) === 0 || port < 1 || port > 65_535) return undefined;
  return { address, port, trustAd: trustAd || isLoopback(address) };
}

/** resolv.conf(5): the first three `nameserver` lines, and this machine when there is none. */
function systemServers(file: string): readonly string[] {
  const found: string[] = [];
  for (const line of readText(file).split('\n')) {
    const [word, address] = line.trim().split(/\s+/);
    if (word === 'nameserver' && address !== undefined && isIP(address) !== 0) {
      found.push(address.includes(':') ? `[${address}]` : address);
    }
  }
  return found.length > 0 ? found : ['127.0.0.1'];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A server on this machine. */
export function isLoopback(address: string): boolean {
  const canonical = parseClientAddress(address);
  return canonical === '::1' || canonical?.startsWith('127.') === true;
}
