import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { AccountId, AnyId, MailboxId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import type { Random } from '#platform/random.ts';
import type { AccountRecord, Quota } from '../contract/accounts.ts';
import type { Store } from '../contract/store.ts';
import type { Trouble } from '../contract/trouble.ts';
import { noQuota } from '../quota.ts';

/** A fresh store with the fakes that it lives on. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly random: Random;
  /** Removes the large bodies of all messages behind the store's back; the contract suite needs it. */
  readonly loseBodies?: () => Promise<void>;
  /** Closes the store and removes what it left. */
  dispose(): Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;

/** Registers one test that has a store of its own. */
export type StoreTest = (title: string, run: (under: StoreUnderTest) => Promise<void>) => void;

export function storeTests(name: string, make: MakeStore): StoreTest {
  return (title, run) =>
    test(`${name}: ${title}`, async () => {
      const under = await make();
      try {
        await run(under);
      } finally {
        await under.dispose();
      }
    });
}

export function must<T>(result: Result<T, Trouble>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.error));
  return result.value;
}

export function mustFail(result: Result<unknown, Trouble>, code: Trouble['code']): Trouble {
  assert.ok(!result.ok, `expected ${code}`);
  assert.equal(result.error.code, code, JSON.stringify(result.error));
  return result.error;
}

export const home = 'example.test' as Domain;

export function address(local: string, domain: Domain = home): Address {
  return { local, domain };
}

export const noCredentials = { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 };

export interface AccountWishes {
  readonly quota?: Quota;
  readonly administers?: readonly Domain[];
  readonly reservedNameAllowed?: boolean;
  readonly domain?: Domain;
}

export async function createAccount(
  { store, clock }: StoreUnderTest,
  local: string,
  { quota = noQuota, administers = [], reservedNameAllowed = false, domain = home }: AccountWishes = {},
): Promise<AccountRecord> {
  if (!store.domains.isLocal(domain)) must(await store.domains.create(domain, clock.now()));
  return must(
    await store.accounts.create({
      address: address(local, domain),
      credentials: noCredentials,
      administers,
      quota,
      nowMs: clock.now(),
      reservedNameAllowed,
    }),
  );
}

/** An account and its INBOX. */
export async function createInbox(
  under: StoreUnderTest,
  wishes?: AccountWishes,
): Promise<{ readonly account: AccountId; readonly inbox: MailboxId }> {
  const { id } = await createAccount(under, 'user', wishes);
  return { account: id, inbox: await mailboxId(under, id, 'INBOX') };
}

export async function mailboxId(
  { store }: StoreUnderTest,
  account: AccountId,
  name: string,
): Promise<MailboxId> {
  const found = must(await store.mailboxes.list(account)).find((mailbox) => mailbox.name === name);
  assert.ok(found, `no mailbox ${name}`);
  return found.id;
}

export function newId<T extends AnyId>({ clock, random }: StoreUnderTest): T {
  return makeId<T>(clock.now(), random.bytes(10));
}

/** All of a stream of results as bytes. */
export async function collect(frames: AsyncIterable<Result<Uint8Array, Trouble>>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const frame of frames) chunks.push(must(frame));
  return new Uint8Array(Buffer.concat(chunks));
}

/** What goes through JSON and back: absent and undefined are one. */
export function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
