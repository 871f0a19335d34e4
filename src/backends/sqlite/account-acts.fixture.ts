import assert from 'node:assert/strict';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { makeId } from '#base/id.ts';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { NewMessage } from '#store/contract/messages.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { databaseName } from './account-file.ts';
import { accountSchema } from './account-schema.ts';
import { accountsUnderTest } from './account.fixture.ts';
import type { AccountsUnderTest, AccountsWishes } from './account.fixture.ts';
import type { DatabaseFile, DatabaseFiles } from './database-file.ts';
import { diskFiles } from './files.ts';

/* What tests of account files do with them. */

export function accountTest(
  title: string,
  run: (under: AccountsUnderTest) => Promise<void>,
  wishes?: AccountsWishes,
): void {
  void it(title, async () => {
    const under = await accountsUnderTest(wishes);
    try {
      await run(under);
    } finally {
      await under.dispose();
    }
  });
}

export async function newAccount(under: AccountsUnderTest): Promise<AccountId> {
  const id = makeId<AccountId>(under.clock.now(), under.random.bytes(10));
  under.newKey(id);
  must(await under.files.createFile(id));
  return id;
}

export async function inboxOf(under: AccountsUnderTest, account: AccountId): Promise<MailboxId> {
  const found = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'INBOX');
  assert.ok(found);
  return found.id;
}

export const newQueueId = (under: AccountsUnderTest): QueueId =>
  makeId<QueueId>(under.clock.now(), under.random.bytes(10));

export async function deliver(
  under: AccountsUnderTest,
  account: AccountId,
  message: NewMessage = sampleMessage(),
  queueId = newQueueId(under),
): Promise<'delivered' | 'already'> {
  const plan = { into: [{ mailbox: 'INBOX', flags: [] }] };
  return must(
    await under.files.messages.deliver(account, message, plan, { queueId, recipient: 'user@example.test' }),
  );
}

export async function uidsOf(under: AccountsUnderTest, account: AccountId): Promise<readonly number[]> {
  return [...must(await under.files.messages.select(account, await inboxOf(under, account))).uids];
}

/**
 * What a crash leaves: the files as they are, with nobody having closed them. With `wal`, the WAL as it was at its last sync,
 * for all that was written since may be lost.
 */
export async function afterCrash(
  under: AccountsUnderTest,
  wal: Uint8Array | undefined,
  run: (crashed: AccountsUnderTest) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder('crash');
  await cp(under.folder, folder, { recursive: true });
  if (wal !== undefined) for (const name of await filesBelow(folder, '-wal')) await writeFile(name, wal);
  const { files } = under;
  await under.reopen(diskFiles(folder));
  try {
    await run(under);
  } finally {
    await under.files.close();
    under.files = files;
    await rm(folder, { recursive: true });
  }
}

export async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** The account's file opened by itself, as nobody else may while it is in use. */
export async function tamper(
  under: AccountsUnderTest,
  account: AccountId,
  act: (file: DatabaseFile) => void,
): Promise<void> {
  await under.files.release(account);
  const file = must(await diskFiles(under.folder).open(databaseName(account), accountSchema, 'existing'));
  act(file);
  await file.close();
}

/** Files of which each, once open, does some things otherwise. */
export function changedFiles(
  files: DatabaseFiles,
  change: (file: DatabaseFile) => Partial<DatabaseFile>,
): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      const { value } = opened;
      const fenced = { get: () => value.fenced };
      return ok(Object.defineProperties({ ...value, ...change(value) }, { fenced }));
    },
  };
}

/** Files whose syncs fail while `failing.on`. */
export function failingFiles(files: DatabaseFiles, failing: { on: boolean }): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      let fenced: DatabaseFile['fenced'];
      const file: DatabaseFile = {
        ...opened.value,
        get fenced() {
          return fenced ?? opened.value.fenced;
        },
        async sync() {
          if (!failing.on) return opened.value.sync();
          fenced = { code: 'fenced', file: opened.value.path, detail: 'a sync failed' };
          return { ok: false, error: fenced };
        },
      };
      return ok(file);
    },
  };
}
