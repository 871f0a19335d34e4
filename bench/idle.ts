import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostern } from '#test/peers/postern.ts';
import { ImapConnection } from './imap-connection.ts';
import { benchMessage } from './messages.ts';

/** What idling clients cost this server; a peer with a process for each would be no comparison. */
export interface IdleFigure {
  readonly connections: number;
  readonly accounts: number;
  readonly compressed: boolean;
  readonly restBytes: number;
  readonly idleBytes: number;
}

/** One in so many connections has an account of its own; people have several devices. */
const connectionsEach = 10;
/** Handshakes at once: more only wait for each other. */
const openingAtOnce = 8;
const messagesEach = 20;
/** Until what the logins left behind is collected, as it is in an hour of idling: V8 begins after ten minutes (`bin/postern`). */
const settleMs = 630_000;
const password = 'a password for the bench';

/** Memory of the whole process with so many clients that have selected INBOX and idle (DESIGN §8). */
export async function measureIdle(options: {
  readonly connections: number;
  /** Each has begun COMPRESS=DEFLATE (S-09). */
  readonly compressed: boolean;
}): Promise<IdleFigure> {
  const { connections, compressed } = options;
  const accounts = Math.ceil(connections / connectionsEach);
  const server = await startPostern();
  const open: ImapConnection[] = [];
  try {
    for (let n = 0; n < accounts; n += 1) {
      await server.administer('account add', { address: user(n), password });
    }
    const port = server.port('imap', 'implicit');
    for (let n = 0; n < accounts; n += 1) await fill(port, user(n));
    await delay(settleMs);
    const restBytes = residentBytes(server.ready.pid);
    let next = 0;
    const openSome = async (): Promise<void> => {
      while (next < connections) {
        const n = next;
        next += 1;
        const connection = await ImapConnection.openTls(port, {
          user: user(n % accounts),
          password,
          from: n,
        });
        if (compressed) await connection.compress();
        await connection.run('SELECT INBOX');
        await connection.idle();
        open.push(connection);
      }
    };
    await Promise.all(Array.from({ length: openingAtOnce }, openSome));
    await delay(settleMs);
    return { connections, accounts, compressed, restBytes, idleBytes: residentBytes(server.ready.pid) };
  } finally {
    for (const connection of open) connection.close();
    await server.end();
  }
}

export function printIdle({ connections, accounts, compressed, restBytes, idleBytes }: IdleFigure): void {
  const eachKib = (idleBytes - restBytes) / connections / 1024;
  const cells = [
    `${String(connections)} idle IMAP connections with TLS${compressed ? ' and compression' : ''}, ${String(accounts)} accounts`,
    `at rest ${mebibytes(restBytes)}`,
    `idling ${mebibytes(idleBytes)}`,
    `${eachKib.toFixed(1)} KiB each`,
  ];
  console.log(cells.join('   '));
}

function user(n: number): string {
  return `idle${String(n)}@example.test`;
}

async function fill(port: number, name: string): Promise<void> {
  const connection = await ImapConnection.openTls(port, { user: name, password, from: 0 });
  for (let n = 0; n < messagesEach; n += 1) await connection.run('APPEND INBOX', benchMessage(n));
  connection.close();
}

function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error('the server is gone');
  return Number(kib) * 1024;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
