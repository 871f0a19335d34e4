import type { Configuration } from '#config/configuration.ts';

/** The one line of `--json` once everything listens (CONTRACTS §1). */
export interface Ready {
  readonly domain: string | null;
  readonly accounts: readonly { readonly address: string; readonly password: string | null }[];
  readonly listeners: readonly {
    readonly name: string;
    readonly role: string;
    readonly address: string;
    readonly port: number;
    readonly tls: string;
  }[];
  readonly config: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly certificateSha256: string | null;
}

export function readyListeners(configuration: Configuration): Ready['listeners'] {
  return configuration.listeners.map(({ name, role, address, port, tls }) => ({
    name,
    role,
    address,
    port,
    tls,
  }));
}
