import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** `sockaddr_un` holds 108 bytes with the closing NUL (unix(7)). */
const pathBytesMax = 107;

/** A path that the kernel takes as a socket's address; release it once bound or connected. */
export interface SocketPath {
  readonly address: string;
  readonly release: () => void;
}

/** `DIR/control.sock`, by way of the folder's descriptor where the whole path would be too long. */
export function controlSocket(dataDir: string): SocketPath {
  const path = join(dataDir, 'control.sock');
  if (Buffer.byteLength(path) <= pathBytesMax) return { address: path, release: () => undefined };
  const folder = openSync(dataDir, 'r');
  return { address: `/proc/self/fd/${folder}/control.sock`, release: () => closeSync(folder) };
}
