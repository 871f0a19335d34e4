import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Bus } from '#platform/bus.ts';
import { createFakeBus } from '#platform/fake-bus.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Random } from '#platform/random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { keyBytes, keyIdBytes, makePurposeKey } from '#store/sealing/purpose-key.ts';
import type { PurposeKey } from '#store/sealing/purpose-key.ts';
import { noQuota, noUsage } from '#store/quota.ts';
import type { Event } from '#trace/events.ts';
import { accountNotices } from './account-notices.ts';
import type { AccountRooms } from './account-rooms.ts';
import { createAccountFiles } from './account-files.ts';
import type { AccountFiles } from './account-files.ts';
import { startAccountsInThread } from './account-threads.ts';
import type { DatabaseFiles } from './database-file.ts';
import { noDiskReserve } from './disk-reserve.ts';
import { diskFiles } from './files.ts';

const noLimits: AccountRooms = {
  ask: async () => ok(undefined),
  take: async () =>
    ok({
      room: { quota: noQuota, domain: { usage: noUsage, quota: noQuota } },
      [Symbol.dispose]: () => undefined,
    }),
  holds: () => undefined,
  forget: () => undefined,
};

/** Account files on a folder of their own, with what they need of the world faked. */
export interface AccountsUnderTest {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly random: Random;
  readonly blobs: Blobs;
  readonly bus: Bus;
  readonly keys: Map<AccountId, PurposeKey>;
  readonly events: readonly Event[];
  files: AccountFiles;
  newKey(account: AccountId): PurposeKey;
  /** Opens the folder anew, as the next start would. */
  reopen(databases?: DatabaseFiles): Promise<void>;
  dispose(): Promise<void>;
}

export interface AccountsWishes {
  readonly handlesMax?: number;
  readonly databases?: (folder: string) => DatabaseFiles;
  readonly blobs?: Blobs;
  /** Every look at the clock takes longer than a slice: all long work gives way at each step. */
  readonly hurried?: boolean;
}

export async function accountsUnderTest(wishes: AccountsWishes = {}): Promise<AccountsUnderTest> {
  const folder = await temporaryFolder('accounts');
  const clock = createFakeClock();
  const random = createFakeRandom(7);
  const { blobs = createMemoryStore({ clock, random }).blobs } = wishes;
  const bus = createFakeBus();
  const keys = new Map<AccountId, PurposeKey>();
  const events: Event[] = [];

  async function open(databases = wishes.databases?.(folder) ?? diskFiles(folder)): Promise<AccountFiles> {
    let ticksMs = 0;
    const hurried = { ...clock, monotonic: () => (ticksMs += 10) };
    const context = { clock: wishes.hurried === true ? hurried : clock, random, files: databases };
    const worker = await startAccountsInThread(context, wishes.handlesMax);
    assert.ok(worker.ok);
    const files: AccountFiles = createAccountFiles({
      workers: [worker.value],
      keys: {
        async get(account) {
          const key = keys.get(account);
          return key === undefined ? { ok: false, error: { code: 'not-found', what: 'account' } } : ok(key);
        },
      },
      blobs,
      bus,
      rooms: noLimits,
      disk: noDiskReserve,
      notices: accountNotices({ emit: (event) => void events.push(event) }),
    });
    return files;
  }

  const under: AccountsUnderTest = {
    folder,
    clock,
    random,
    blobs,
    bus,
    keys,
    events,
    files: await open(),
    newKey(account) {
      const key = makePurposeKey(random.bytes(keyIdBytes + keyBytes));
      keys.set(account, key);
      return key;
    },
    async reopen(databases) {
      under.files = await open(databases);
    },
    async dispose() {
      await under.files.close();
      await rm(folder, { recursive: true });
    },
  };
  return under;
}
