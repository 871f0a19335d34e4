import { networkInterfaces } from 'node:os';
import type { ClientAddress } from '#base/client-address.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';

/** All addresses of this machine, in their one spelling: mail to them is for us, and never leaves for them (S-06). */
export function ownAddresses({ listeners }: Configuration): ReadonlySet<ClientAddress> {
  const interfaces = Object.values(networkInterfaces()).flatMap((rows) => rows ?? []);
  const addresses = interfaces.map((row) => parseClientAddress(row.address));
  return new Set(
    [...listeners.map((row) => row.address), ...addresses].filter((address) => address !== undefined),
  );
}
