import type { AccountId } from '#base/id.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { SessionFactory } from '#protocols/conversation.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { createImapFactory } from './factory.ts';
import { TestConnection, testAuthenticator } from './test-connection.ts';

const address: Address = { local: 'user', domain: 'example.test' as Domain };

/** An IMAP server over a store in memory with one account, for tests of this folder. */
export class TestServer {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly account: AccountId;
  readonly #factory: SessionFactory;

  private constructor(store: Store, clock: FakeClock, account: AccountId) {
    this.store = store;
    this.clock = clock;
    this.account = account;
    this.#factory = createImapFactory({
      authenticator: testAuthenticator({ account, address, mechanism: 'PLAIN' }),
      openStore: () => store,
      clock,
      appendSizeBytesMax: 1_000_000,
    });
  }

  static async start(): Promise<TestServer> {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock, random: createFakeRandom(1) });
    await store.domains.create(address.domain as Domain, clock.now());
    const account = await store.accounts.create({
      address,
      credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
      administers: [],
      quota: { bytes: undefined, messages: undefined },
      nowMs: clock.now(),
      reservedNameAllowed: false,
    });
    if (!account.ok) throw new Error(JSON.stringify(account.error));
    return new TestServer(store, clock, account.value.id);
  }

  async connect(options: { readonly tls: boolean } = { tls: true }): Promise<TestConnection> {
    const connection = new TestConnection(this.#factory, options);
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
