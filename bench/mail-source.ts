import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolder, stopChild } from '#test/peers/peer.ts';
import type { PreparedMail } from './check-mails.ts';

/** What to send to which server, by the places of the mails. */
export interface SourceRun {
  readonly port: number;
  readonly first: number;
  readonly count: number;
  readonly keptConnections: boolean;
}

export interface MailSource {
  /** Resolves when the last of them was taken; throws what the server said instead. */
  send(run: SourceRun): Promise<void>;
  stop(): Promise<void>;
}

/** A generator in a process of its own, which has read all mails before it says that it is ready. */
export async function startMailSource(mails: readonly PreparedMail[]): Promise<MailSource> {
  const dir = makeFolder('source');
  const file = join(dir, 'mails.json');
  writeFileSync(file, JSON.stringify(mails));
  const child = fork(join(import.meta.dirname, 'mail-source-process.ts'), [file]);
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('close', () => reject(new Error('the generator ended')));
  });
  ended.catch(() => undefined);
  const heard = (): Promise<unknown> =>
    Promise.race([new Promise((resolve) => child.once('message', resolve)), ended]);
  await heard();
  return {
    send: async (run) => {
      const outcome = heard();
      child.send(run);
      const said = await outcome;
      if (said !== 'done') throw new Error(`the generator: ${String(said)}`);
    },
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}
