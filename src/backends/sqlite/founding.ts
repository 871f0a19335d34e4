import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DatabaseFile, DatabaseFiles } from './database-file.ts';

/*
 * A data folder is founded once: at its first start its databases are made, and the key ring, the first of them, remembers
 * when all of them are there. From then on a missing or empty one is a loss and never a fresh start. Until then a start that
 * broke off is begun again.
 */

const others = ['directory', 'queue', 'traces'];

/** How the key ring is opened: whoever has any other file has lost it. */
export async function keyRingMode(files: DatabaseFiles): Promise<'create' | 'existing'> {
  for (const name of others) if (await files.exists(name)) return 'existing';
  return (await files.list('accounts')).length > 0 ? 'existing' : 'create';
}

/** How the other files are opened, by the word of the key ring. */
export function foundedMode(keyRing: DatabaseFile): Result<'create' | 'existing', Trouble> {
  return keyRing.read(() =>
    ok(keyRing.db.prepare('SELECT 1 FROM founded').get() === undefined ? 'create' : 'existing'),
  );
}

/** All files are there, durably. */
export function markFounded(keyRing: DatabaseFile): Result<void, Trouble> {
  return keyRing.transactionFull(() => {
    keyRing.db.prepare('INSERT OR IGNORE INTO founded VALUES (1)').run();
    return ok(undefined);
  });
}
