import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import type { AccountId } from '#base/id.ts';
import { createAuthenticator } from '#identity/create-authenticator.ts';
import { makeScramCredentials } from '#identity/scram-credentials.ts';
import { parseAddress } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import { parseMessage } from '#mail/message-parser.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { SessionFactory } from '#protocols/conversation.ts';
import type { Credentials } from '#store/contract/accounts.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { createPop3Factory } from './factory.ts';
import type { Pop3Store } from './pop3-store.ts';

/** A POP3 server over a memory store; `user@example.test` has the password `secret`. */
export interface Pop3TestServer {
  readonly factory: SessionFactory;
  readonly store: Store;
  readonly account: AccountId;
  readonly events: readonly Event[];
  /** Puts a message into INBOX; its UID. */
  append(text: string): Promise<number>;
  /** What is in INBOX. */
  count(): Promise<number>;
}

export interface Pop3TestOptions {
  /** Puts something else in the place of the store that sessions see. */
  readonly change?: (store: Store) => Pop3Store;
}

export async function startPop3(options: Pop3TestOptions = {}): Promise<Pop3TestServer> {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  const account = await makeAccount(store);
  const events: Event[] = [];
  const sink = { emit: (event: Event) => void events.push(event) };
  const authenticator = createAuthenticator({
    accounts: store.accounts,
    clock,
    random,
    events: sink,
    saltSecret: Buffer.alloc(32, 1),
  });
  const openStore = (): Pop3Store => options.change?.(store) ?? store;
  return {
    factory: createPop3Factory({ authenticator, events: sink, openStore }),
    store,
    account,
    events,
    append: (text) => append(store, account, text),
    count: () => count(store, account),
  };
}

async function makeAccount(store: Store): Promise<AccountId> {
  const domain = parseDomain('example.test');
  const address = parseAddress('user@example.test', { smtpUtf8: false });
  assert.ok(domain.ok && address.ok);
  await store.domains.create(domain.value, 0);
  const account = await store.accounts.create({
    address: address.value,
    credentials: await cheapCredentials(),
    administers: [],
    quota: { bytes: undefined, messages: undefined },
    nowMs: 0,
    reservedNameAllowed: false,
  });
  assert.ok(account.ok);
  return account.value.id;
}

/** Of the password `secret`, at a cost that tests can pay. */
async function cheapCredentials(): Promise<Credentials> {
  const salt = Buffer.alloc(16, 5);
  const cost = { parallelism: 1, tagLength: 32, memory: 64, passes: 1 };
  const hash = argon2Sync('argon2id', { message: 'secret', nonce: salt, ...cost });
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return {
    argon2id: `$argon2id$v=19$m=64,t=1,p=1$${saltText}$${hashText}`,
    scramSha256: await makeScramCredentials('secret', salt, 4096),
    changedAtMs: 0,
  };
}

async function append(store: Store, account: AccountId, text: string): Promise<number> {
  const bytes = Buffer.from(text, 'latin1');
  const mailboxes = await store.mailboxes.list(account);
  assert.ok(mailboxes.ok);
  const inbox = mailboxes.value.find(({ name }) => name === 'INBOX');
  assert.ok(inbox !== undefined);
  const body = bytes.byteLength <= 65_536 ? ({ kind: 'bytes', bytes } as const) : await blobOf(store, bytes);
  const message = {
    prefix: new Uint8Array(0),
    body,
    summary: parseMessage(bytes),
    internalDateMs: 0,
    flags: [],
  };
  const appended = await store.messages.append(account, inbox.id, [message]);
  assert.ok(appended.ok && appended.value[0] !== undefined);
  return appended.value[0].uid;
}

async function blobOf(store: Store, bytes: Buffer) {
  const writer = store.blobs.create();
  await writer.write(bytes);
  const blob = await writer.commit();
  assert.ok(blob.ok);
  return { kind: 'blob', ...blob.value } as const;
}

async function count(store: Store, account: AccountId): Promise<number> {
  const mailboxes = await store.mailboxes.list(account);
  assert.ok(mailboxes.ok);
  const inbox = mailboxes.value.find(({ name }) => name === 'INBOX');
  assert.ok(inbox !== undefined);
  const snapshot = await store.messages.select(account, inbox.id);
  assert.ok(snapshot.ok);
  return snapshot.value.uids.length;
}
