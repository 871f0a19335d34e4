import { createServer } from 'node:net';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { PlannedListener } from './listeners.ts';

/** Does the machine have this loopback address at all? */
export async function hasAddress(address: string): Promise<boolean> {
  return (await tryListen(address, 0)) === undefined;
}

/** The first port that cannot be had, as an error that names it; asked before anything is made. */
export async function busyPort(listeners: readonly PlannedListener[]): Promise<AdminError | undefined> {
  for (const { address, port, name } of listeners) {
    const code = await tryListen(address, port);
    if (code === 'EACCES')
      return adminError(
        'port-forbidden',
        `this user may not listen on port ${port} (${name})`,
        `${address}:${port}`,
      );
    if (code !== undefined)
      return adminError(
        'port-busy',
        `port ${port} on ${address} (${name}) is in use by another program`,
        `${address}:${port}`,
      );
  }
  return undefined;
}

function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
}
