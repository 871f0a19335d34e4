import type { AccountId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { SessionFactory } from '#protocols/conversation.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { createImapFactory } from './factory.ts';
import { TestConnection, testAuthenticator } from './connection.fixture.ts';

const address: Address = { local: 'user', domain: 'example.test' as Domain };

export interface TestServerOptions {
  readonly appendSizeBytesMax?: number;
  readonly quotaBytes?: number | undefined;
  /** The store reads so many messages at once, as if they were large. */
  readonly rowsMax?: number;
  /** Every mailbox of the account is out of use. */
  readonly trouble?: boolean;
}

/** An IMAP server over a store in memory with one account, for tests of this folder. */
export class TestServer {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly account: AccountId;
  readonly factory: SessionFactory;
  readonly events: Event[] = [];

  private constructor(
    { store, clock, account }: Pick<TestServer, 'store' | 'clock' | 'account'>,
    options: TestServerOptions,
  ) {
    this.store = store;
    this.clock = clock;
    this.account = account;
    this.factory = createImapFactory({
      authenticator: testAuthenticator({ account, address, mechanism: 'PLAIN' }),
      openStore: () => this.#store(options),
      clock,
      events: { emit: (event) => void this.events.push(event) },
      appendSizeBytesMax: options.appendSizeBytesMax ?? 1_000_000,
    });
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock, random: createFakeRandom(1) });
    await store.domains.create(address.domain as Domain, clock.now());
    const account = await store.accounts.create({
      address,
      credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
      administers: [],
      quota: { bytes: options.quotaBytes, messages: undefined },
      nowMs: clock.now(),
      reservedNameAllowed: false,
    });
    if (!account.ok) throw new Error(JSON.stringify(account.error));
    return new TestServer({ store, clock, account: account.value.id }, options);
  }

  /** How many listen for changes of the account. */
  listeners = 0;
  #bodiesBroken = false;
  /** Messages that cannot be read any more. */
  readonly lost = new Set<number>();
  /** How often the store was asked for rows. */
  reads = 0;

  /** From now on bodies end before their size. */
  breakBodies(): void {
    this.#bodiesBroken = true;
  }

  #store(options: TestServerOptions): Store {
    const { store } = this;
    if (options.trouble === true) return fencedStore(store);
    const watch: Store['changes']['watch'] = (account, listener) => {
      this.listeners += 1;
      const unwatch = store.changes.watch(account, listener);
      return () => {
        this.listeners -= 1;
        unwatch();
      };
    };
    const body: Store['messages']['body'] = (account, mailbox, uid, range) => {
      if (this.lost.has(uid)) return lostBody();
      return this.#bodiesBroken ? brokenBody() : store.messages.body(account, mailbox, uid, range);
    };
    const read: Store['messages']['read'] = async (account, mailbox, uids, needs, limit) => {
      this.reads += 1;
      if (needs.has('headers') && uids.some((uid) => this.lost.has(uid))) return lostTrouble;
      return store.messages.read(account, mailbox, uids, needs, Math.min(limit, options.rowsMax ?? limit));
    };
    return { ...store, changes: { ...store.changes, watch }, messages: { ...store.messages, body, read } };
  }

  async connect(options: { readonly tls: boolean } = { tls: true }): Promise<TestConnection> {
    const connection = new TestConnection(this.factory, options);
    await connection.open();
    return connection;
  }

  /** A connection that is logged in, and has a mailbox selected if one is named. */
  async login(mailbox?: string): Promise<TestConnection> {
    const connection = await this.connect();
    await connection.say('l LOGIN user@example.test secret');
    if (mailbox !== undefined) await connection.say(`s SELECT ${mailbox}`);
    return connection;
  }
}

const lostTrouble = err({ code: 'fenced', file: '/secret/path', detail: 'the body is missing' } as const);

async function* lostBody(): ReturnType<Store['messages']['body']> & AsyncGenerator {
  yield lostTrouble;
}

async function* brokenBody(): ReturnType<Store['messages']['body']> & AsyncGenerator {
  yield ok(new Uint8Array(10));
  yield err({ code: 'unavailable', detail: 'a disk' } as const);
}

/** A store whose account file was fenced (STORAGE §2). */
function fencedStore(store: Store): Store {
  const fenced = err({ code: 'fenced', file: '/secret/path', detail: 'a sync failed' } as const);
  return {
    ...store,
    mailboxes: { ...store.mailboxes, list: async () => fenced, subscriptions: async () => fenced },
  };
}

/** APPEND of a message as one non-synchronising literal. */
export async function append(
  connection: TestConnection,
  mailbox: string,
  message: string,
  extra = '',
): Promise<string> {
  return connection.say(`a APPEND ${mailbox} ${extra}{${message.length}+}\r\n${message}`);
}

/** A message with a number in it. */
export function testMessage(n: number): string {
  return `From: Ann <ann@example.test>\r\nTo: user@example.test\r\nSubject: message ${n}\r\nMessage-ID: <${n}@example.test>\r\nDate: Mon, 1 Jun 2026 10:00:0${n % 10} +0000\r\n\r\nBody of ${n}\r\n`;
}
