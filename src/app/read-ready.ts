import { formatAddress } from '#mail/address.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Ready } from './ready.ts';
import { readyListeners } from './ready.ts';
import type { RunningServer } from './server.ts';

/** Accounts named when the server is ready; a large server does not list them all. */
const accountsNamedMax = 10;

export async function readReady(
  configuration: Configuration,
  { admin, certificateSha256 }: RunningServer,
  passwords: ReadonlyMap<string, string>,
): Promise<Ready> {
  const domains = await admin.store.domains.list(undefined, 1);
  const accounts = await admin.store.accounts.list(undefined, accountsNamedMax);
  const addresses = accounts.ok ? accounts.value.items.map((row) => formatAddress(row.address)) : [];
  return {
    domain: (domains.ok ? domains.value.items[0]?.domain : undefined) ?? null,
    accounts: addresses.map((address) => ({ address, password: passwords.get(address) ?? null })),
    listeners: readyListeners(configuration),
    config: configuration.file,
    dataDir: configuration.dataDir,
    pid: process.pid,
    certificateSha256: certificateSha256 ?? null,
  };
}
