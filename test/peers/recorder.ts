import { connect, createServer } from 'node:net';
import { freePort } from './peer.ts';

/** Stands between a client and a server on loopback and keeps every byte that passes. */
export async function startRecorder(
  to: number,
): Promise<{ readonly port: number; seen(): string; stop(): Promise<void> }> {
  const passed: Buffer[] = [];
  const server = createServer((client) => {
    const target = connect({ port: to, host: '127.0.0.1' });
    for (const [from, other] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        passed.push(chunk);
        other.write(chunk);
      });
      from.on('close', () => other.destroy());
      from.on('error', () => other.destroy());
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    seen: () => Buffer.concat(passed).toString('latin1'),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
