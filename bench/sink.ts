import { fork } from 'node:child_process';
import { join } from 'node:path';
import { makeCertificate } from '#test/peers/certificate.ts';
import { freePort, listening, makeFolder, removeFolder, stopChild } from '#test/peers/peer.ts';

export interface Sink {
  readonly port: number;
  /** Messages it answered with 250. */
  received(): number;
  stop(): Promise<void>;
}

/** An SMTP server in a process of its own that takes TLS, throws everything away and counts. */
export async function startSink(): Promise<Sink> {
  const dir = makeFolder('sink');
  const port = await freePort();
  const { cert, key } = await makeCertificate(dir);
  let received = 0;
  const child = fork(join(import.meta.dirname, 'sink-process.ts'), [String(port), cert, key]);
  child.on('message', (count: number) => {
    received = count;
  });
  await listening(port);
  return {
    port,
    received: () => received,
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}
