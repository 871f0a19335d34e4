import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot } from '#test/peers/dovecot.ts';
import { makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startPostern as startServer, type Postern } from '#test/peers/postern.ts';
import { startPostfix } from '#test/peers/postfix.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { InboundPlace } from './inbound.ts';
import { numberedAddress, recipientAddresses } from './recipients.ts';
import { slowSync } from './slow-sync.ts';

export interface InboundServer {
  readonly port: number;
  /** Returns when all of them, `expected` in number, can be read. */
  settled(expected: number): Promise<void>;
  /** Messages in all mailboxes together. */
  delivered(): Promise<number>;
  /** Of a server that is one process: ours. */
  readonly pid?: number;
  /** The newest decision traces; ours alone has some. */
  traces?(limit: number): Promise<readonly TraceRecord[]>;
  stop(): Promise<void>;
}

/** A server that a load can be sent to as it is. */
export interface LoadedServer extends InboundServer {
  /** Where the next load goes: with one recipient, an account that had no load yet, while there are any. */
  recipient(): string;
}

/**
 * A Maildir takes the longer for each message the more it holds: Dovecot delivered 27 a second to one of 50,000. So a load
 * for one recipient begins with an empty mailbox, on both sides, as long as there are any.
 */
const mailboxesForOne = 64;

function recipients({ recipients: count }: InboundPlace): readonly string[] {
  return recipientAddresses(count === 1 ? mailboxesForOne : count);
}

/** Of several the generator numbers the addresses itself. */
function nextRecipient(place: InboundPlace): () => string {
  if (place.recipients > 1) return () => numberedAddress;
  const all = recipients(place);
  let loads = 0;
  return () => all[loads++ % all.length] ?? numberedAddress;
}

export async function startPostfixAndDovecot(place: InboundPlace): Promise<LoadedServer> {
  const scratch = makeFolder('sync');
  const env = await slowSync(scratch, place.slowSyncMs);
  const dovecot = await startDovecot({ users: recipients(place), password: 'bench', env });
  const postfix = await startPostfix({
    hostname: 'mx.example.test',
    env,
    settings: [
      'virtual_mailbox_domains = example.test',
      'virtual_mailbox_maps = static:all',
      `virtual_transport = lmtp:inet:127.0.0.1:${String(dovecot.lmtpPort)}`,
      'smtpd_client_connection_count_limit = 0',
    ],
  });
  return {
    port: postfix.port,
    recipient: nextRecipient(place),
    settled: async () => {
      while ((await postfix.queued()) > 0) await sleep(20);
    },
    delivered: async () =>
      countMessages(await dovecot.doveadm('-f', 'tab', 'mailbox', 'status', '-A', 'messages', 'INBOX')),
    stop: async () => {
      await postfix.stop();
      await dovecot.stop();
      removeFolder(scratch);
    },
  };
}

export function countMessages(table: string): number {
  const rows = table.trim().split('\n').slice(1);
  return rows.reduce((sum, row) => sum + Number(row.split('\t').at(-1)), 0);
}

export async function startPostern(place: InboundPlace, env: NodeJS.ProcessEnv = {}): Promise<LoadedServer> {
  const scratch = makeFolder('sync');
  const server = await startServer({ env: { ...env, ...(await slowSync(scratch, place.slowSyncMs)) } });
  await withoutChecks(server);
  for (const address of recipients(place)) {
    await server.administer('account add', { address, password: 'a password for the bench' });
  }
  const delivered = (): Promise<number> => countDelivered(server);
  return {
    port: server.port('mx'),
    recipient: nextRecipient(place),
    settled: async (expected) => {
      while ((await delivered()) < expected) await sleep(20);
    },
    delivered,
    pid: server.ready.pid,
    traces: (limit) => tracesOf(server, { limit }),
    stop: async () => {
      await server.end();
      removeFolder(scratch);
    },
  };
}

/** The peer is given none either: what checks cost is compared with a peer that makes them, too. */
async function withoutChecks(server: Postern): Promise<void> {
  const { items } = (await server.administer('policy list', {})) as {
    readonly items: readonly { readonly name: string }[];
  };
  for (const { name } of items) await server.administer('policy set', { check: name, action: 'off' });
}

export async function countDelivered(server: Postern): Promise<number> {
  let messages = 0;
  let cursor: string | null = null;
  do {
    const input: Readonly<Record<string, unknown>> =
      cursor === null ? { limit: 256 } : { limit: 256, cursor };
    const page = (await server.administer('account list', input)) as {
      readonly items: readonly { readonly usage: { readonly messages: number } }[];
      readonly next: string | null;
    };
    messages += page.items.reduce((sum, account) => sum + account.usage.messages, 0);
    cursor = page.next;
  } while (cursor !== null);
  return messages;
}

export async function tracesOf(
  server: Postern,
  filter: { readonly from?: string; readonly limit: number },
): Promise<readonly TraceRecord[]> {
  const { items } = (await server.administer('trace list', filter)) as {
    readonly items: readonly TraceRecord[];
  };
  return items;
}
