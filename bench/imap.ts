import { startDovecot } from '#test/peers/dovecot.ts';
import { startPostern } from '#test/peers/postern.ts';
import type { Figure } from './figures.ts';
import { ImapConnection } from './imap-connection.ts';
import { benchMessage } from './messages.ts';

interface ImapServer {
  open(): Promise<ImapConnection>;
  stop(): Promise<void>;
}

interface Operation {
  readonly name: string;
  /** How often it runs in one round; the figure is runs per second. */
  readonly runs: number;
  run(connection: ImapConnection, n: number, on: { server: ImapServer; size: number }): Promise<unknown>;
}

/** The operations of DESIGN §8 over one mailbox. The single ones walk over the mailbox. */
const operations: readonly Operation[] = [
  { name: 'login', runs: 30, run: async (_connection, _n, { server }) => (await server.open()).close() },
  { name: 'SELECT', runs: 50, run: (connection) => connection.run('SELECT INBOX') },
  { name: 'FETCH flags', runs: 20, run: (connection) => connection.run('FETCH 1:* (UID FLAGS)') },
  { name: 'FETCH envelopes', runs: 5, run: (connection) => connection.run('FETCH 1:* (UID ENVELOPE)') },
  { name: 'FETCH structures', runs: 5, run: (connection) => connection.run('FETCH 1:* (UID BODYSTRUCTURE)') },
  {
    name: 'FETCH headers',
    runs: 5,
    run: (connection) => connection.run('FETCH 1:* (UID BODY.PEEK[HEADER])'),
  },
  { name: 'FETCH bodies', runs: 3, run: (connection) => connection.run('FETCH 1:* (UID BODY.PEEK[])') },
  { name: 'SEARCH flag', runs: 50, run: (connection) => connection.run('SEARCH UNSEEN') },
  { name: 'SEARCH subject', runs: 5, run: (connection) => connection.run('SEARCH SUBJECT "number 77"') },
  { name: 'SEARCH body', runs: 3, run: (connection) => connection.run('SEARCH BODY "conferen"') },
  {
    name: 'STORE of all',
    runs: 4,
    run: (connection, n) => connection.run(`STORE 1:* ${n % 2 === 0 ? '+' : '-'}FLAGS.SILENT (\\Flagged)`),
  },
  {
    name: 'STORE of one',
    runs: 200,
    run: (connection, n, { size }) =>
      connection.run(`STORE ${String(((n * 7) % size) + 1)} ${n % 2 === 0 ? '+' : '-'}FLAGS (\\Answered)`),
  },
  {
    name: 'COPY of 1,000',
    runs: 3,
    run: (connection, _n, { size }) => connection.run(`COPY 1:${String(Math.min(size, 1_000))} copies`),
  },
  { name: 'APPEND', runs: 200, run: (connection, n) => connection.run('APPEND appended', benchMessage(n)) },
  {
    name: 'FETCH of one',
    runs: 500,
    run: (connection, n, { size }) =>
      connection.run(`FETCH ${String(((n * 13) % size) + 1)} (UID FLAGS BODY.PEEK[])`),
  },
];

const user = 'bench@example.test';
const password = 'a password for the bench';

/** Every operation on both servers in turn, `rounds` times, over a mailbox of `size` messages. */
export async function measureImap(options: {
  readonly rounds: number;
  readonly size: number;
}): Promise<readonly Figure[]> {
  const servers = [await startOurs(), await startPeer()];
  const rates = new Map(operations.map((operation) => [operation.name, [[], []] as number[][]]));
  try {
    for (const server of servers) await fill(server, options.size);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const operation of operations) {
        for (const [index, server] of servers.entries())
          rates.get(operation.name)?.[index]?.push(await measure({ server, size: options.size }, operation));
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return operations.map(({ name }) => {
    const [ours = [], peer = []] = rates.get(name) ?? [];
    return { scenario: `IMAP of ${String(options.size)}, ${name}`, ours, peer, peerName: 'dovecot' };
  });
}

async function measure(
  on: { readonly server: ImapServer; readonly size: number },
  operation: Operation,
): Promise<number> {
  const connection = await on.server.open();
  await connection.run('SELECT INBOX');
  const started = performance.now();
  for (let n = 0; n < operation.runs; n += 1) await operation.run(connection, n, on);
  const seconds = (performance.now() - started) / 1000;
  connection.close();
  return operation.runs / seconds;
}

async function fill(server: ImapServer, size: number): Promise<void> {
  const connection = await server.open();
  await connection.run('CREATE copies');
  await connection.run('CREATE appended');
  for (let n = 0; n < size; n += 1) await connection.run('APPEND INBOX', benchMessage(n));
  connection.close();
}

async function startOurs(): Promise<ImapServer> {
  const server = await startPostern();
  const added = await server.postern(['account', 'add', user, '--password-stdin'], `${password}\n`);
  if (added.code !== 0) throw new Error(added.output);
  return {
    open: () => ImapConnection.open(server.port('imap', 'starttls'), user, password),
    stop: () => server.end(),
  };
}

async function startPeer(): Promise<ImapServer> {
  const dovecot = await startDovecot({ users: [user], password });
  return { open: () => ImapConnection.open(dovecot.imapPort, user, password), stop: () => dovecot.stop() };
}
