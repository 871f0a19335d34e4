import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { AccountId } from '#base/id.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { closeMsMax } from './account-handles.ts';
import { accountsUnderTest } from './account.fixture.ts';
import type { AccountsUnderTest } from './account.fixture.ts';
import type { DatabaseFiles } from './database-file.ts';
import { databaseHandle } from './database-handle.ts';
import { migrate } from './schema.ts';

/** More than two lots of files that are closed together. */
const accountsCount = 150;

/** What the disk was asked to do at the end, in order. */
interface Watched {
  readonly acts: string[];
  syncing: number;
  syncingMost: number;
  /** What a closing costs. */
  onClose: () => Promise<void>;
}

test('STORAGE §1: the files of many accounts are synced side by side, then closed', async () => {
  const watched = newWatched();
  const under = await manyAccounts(watched);
  await under.files.close();
  const closes = watched.acts.filter((act) => act === 'close').length;
  assert.equal(closes, accountsCount);
  assert.ok(watched.acts.indexOf('close') >= accountsCount, 'nothing is closed before all is synced');
  assert.equal(watched.syncingMost, accountsCount);
});

test('CONTRACTS §1: what cannot be closed in time is durable and left for the next start', async () => {
  const watched = newWatched();
  const under = await manyAccounts(watched);
  watched.onClose = () => under.clock.advance(closeMsMax / 2);
  await under.files.close();
  assert.equal(new Set(watched.acts.filter((act) => act.startsWith('sync '))).size, accountsCount);
  const closed = watched.acts.filter((act) => act === 'close').length;
  assert.ok(closed > 0 && closed < accountsCount, `${closed} were closed`);
});

function newWatched(): Watched {
  return { acts: [], syncing: 0, syncingMost: 0, onClose: async () => undefined };
}

async function manyAccounts(watched: Watched): Promise<AccountsUnderTest> {
  const under = await accountsUnderTest({
    handlesMax: accountsCount,
    databases: () => watchedFiles(watched),
  });
  const ids = Array.from({ length: accountsCount }, () =>
    makeId<AccountId>(under.clock.now(), under.random.bytes(10)),
  );
  for (const id of ids) under.newKey(id);
  for (const made of await Promise.all(ids.map((id) => under.files.createFile(id)))) must(made);
  Object.assign(watched, { acts: [], syncing: 0, syncingMost: 0 });
  return under;
}

/** In memory, with syncs that take a turn. */
function watchedFiles(watched: Watched): DatabaseFiles {
  const images = new Map<string, Uint8Array>();
  /** Of a file without anything in it: making its tables costs more than all else here. */
  let empty: Uint8Array | undefined;
  return {
    async open(name, schema) {
      const db = new DatabaseSync(':memory:');
      const image = images.get(name) ?? empty;
      if (image !== undefined) db.deserialize(image);
      const migrated = migrate(db, schema, name);
      if (!migrated.ok) return migrated;
      empty ??= db.serialize();
      const file = databaseHandle({
        path: name,
        db,
        async syncWal() {
          images.set(name, db.serialize());
          watched.acts.push(`sync ${name}`);
          watched.syncingMost = Math.max(watched.syncingMost, (watched.syncing += 1));
          await nextTurn();
          watched.syncing -= 1;
        },
        async released() {
          watched.acts.push('close');
          await watched.onClose();
        },
      });
      return { ok: true, value: file };
    },
    exists: async (name) => images.has(name),
    remove: async () => ({ ok: true, value: undefined }),
    setAside: async () => ({ ok: true, value: undefined }),
    list: async () => [...images.keys()],
    sizeBytes: async () => 0,
  };
}
