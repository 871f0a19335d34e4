import type { AccountId, BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Changes, Mailboxes, Messages } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountCalling, AccountCalls, AccountFilesOptions } from './account-calling.ts';
import type { Held } from './account-rooms.ts';
import { accountMailboxes } from './account-mailbox-calls.ts';
import { accountMessages } from './account-message-calls.ts';
import type { Backup } from './account-worker.ts';

export interface AccountFiles {
  readonly mailboxes: Mailboxes;
  readonly messages: Messages;
  readonly changes: Changes;
  /** Makes a new account's file with its standard mailboxes; its key must exist. Durable on return. */
  createFile(account: AccountId): Promise<Result<void, Trouble>>;
  /** Deletes file and large bodies. For erasure destroy the key before. */
  removeFile(account: AccountId): Promise<Result<void, Trouble>>;
  /** How much it holds. */
  held(account: AccountId): Promise<Result<Held, Trouble>>;
  /** Puts a file that is out of use out of the way, for a new one to be made; its large bodies stay. Durable on return. */
  setAside(account: AccountId): Promise<Result<void, Trouble>>;
  /** Forgets the key in use, after rotation or disablement: the next call asks for it. */
  release(account: AccountId): Promise<void>;
  /** Copies an account's file, sealed as it is, below `folder`; returns its path and the large bodies that belong to it. */
  backUp(account: AccountId, folder: string): Promise<Result<Backup, Trouble>>;
  /** The large bodies that an account names (for `sweepBlobs`). */
  blobs(account: AccountId): Promise<Result<readonly BlobId[], Trouble>>;
  /**
   * Seals anew, in the background, what retired keys of the account sealed (`keys.get` names them); returns how many records.
   * Repeated until it returns 0, the retired keys may be destroyed.
   */
  reseal(account: AccountId): Promise<Result<number, Trouble>>;
  /** Does the idle work of an account now. */
  tend(account: AccountId): Promise<Result<void, Trouble>>;
  close(): Promise<void>;
}

/** Accounts whose key a worker remembers; beyond it the oldest is told to forget. */
const knownMax = 65_536;

/** Mailboxes, messages and changes of all accounts: one sealed file each, spread over storage threads. */
export function createAccountFiles(options: AccountFilesOptions): AccountFiles {
  const { workers, keys, blobs, bus, rooms } = options;
  const known = new Set<AccountId>();

  const callsOf = (id: AccountId): AccountCalls => {
    const worker = workers[hash(id) % workers.length];
    if (worker === undefined) throw new Error('there is no storage thread');
    return worker.call;
  };

  async function worker(id: AccountId): Promise<Result<AccountCalls, Trouble>> {
    const calls = callsOf(id);
    if (known.has(id)) return ok(calls);
    const key = await keys.get(id);
    if (!key.ok) return key;
    const told = await calls.setKey({ account: id, key: key.value });
    if (!told.ok) return told;
    remember(id);
    return ok(calls);
  }

  function remember(id: AccountId): void {
    known.add(id);
    const [oldest] = known;
    if (known.size <= knownMax || oldest === undefined) return;
    known.delete(oldest);
    void callsOf(oldest).release({ account: oldest });
  }

  async function removeBlobs(ids: readonly BlobId[]): Promise<void> {
    for (const id of ids) await blobs.remove(id);
  }

  const calling: AccountCalling = {
    worker,
    publish(account, mailboxes, { usage, modseq }) {
      rooms.holds(account, { usage, modseq });
      for (const mailbox of new Set(mailboxes)) bus.publish({ account, mailbox, modseq });
    },
    removeBlobs,
    options,
  };

  async function withWorker<T>(
    id: AccountId,
    call: (calls: AccountCalls) => Promise<Result<T, Trouble>>,
  ): Promise<Result<T, Trouble>> {
    const calls = await worker(id);
    return calls.ok ? call(calls.value) : calls;
  }

  return {
    mailboxes: accountMailboxes(calling),
    messages: accountMessages(calling),
    changes: {
      since: (id, mailbox, modseq) =>
        withWorker(id, (calls) => calls.since({ account: id, mailbox, modseq })),
      watch: (id, listener) => bus.subscribe(id, ({ mailbox, modseq }) => listener({ mailbox, modseq })),
    },
    async createFile(id) {
      const key = await keys.get(id);
      if (!key.ok) return key;
      const created = await callsOf(id).create({ account: id, key: key.value });
      if (created.ok) remember(id);
      return created;
    },
    async removeFile(id) {
      const held = await callsOf(id).remove({ account: id });
      known.delete(id);
      rooms.forget(id);
      bus.publish({ account: id, mailbox: undefined, modseq: Infinity });
      if (!held.ok) return err(held.error);
      await removeBlobs(held.value);
      return ok(undefined);
    },
    held: (id) => withWorker(id, (calls) => calls.held({ account: id })),
    async setAside(id) {
      known.delete(id);
      rooms.forget(id);
      bus.publish({ account: id, mailbox: undefined, modseq: Infinity });
      return callsOf(id).setAside({ account: id });
    },
    async release(id) {
      known.delete(id);
      await callsOf(id).release({ account: id });
    },
    backUp: (id, folder) => withWorker(id, (calls) => calls.backUp({ account: id, folder })),
    blobs: (id) => withWorker(id, (calls) => calls.blobs({ account: id })),
    reseal: (id) => withWorker(id, (calls) => calls.reseal({ account: id })),
    tend: (id) => withWorker(id, (calls) => calls.tend({ account: id })),
    async close() {
      await Promise.all(workers.map((one) => one.close()));
    },
  };
}

/** FNV-1a: ids made in one millisecond go to different threads. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
