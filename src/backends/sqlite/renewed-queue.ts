import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { conflict } from '#store/trouble.ts';
import type { DatabaseFiles } from './database-file.ts';
import { queueSchema } from './queue-schema.ts';

const name = 'queue';

/** Files of a queue that was set aside begin so. */
export const asideQueue = `${name}.damaged-`;

/** Is there a file to set aside? `conflict`: the queue is whole, and nothing is to be done. */
export async function lostQueue(files: DatabaseFiles): Promise<Result<{ readonly there: boolean }, Trouble>> {
  const there = await files.exists(name);
  const opened = await files.open(name, queueSchema, 'existing');
  if (!opened.ok) return opened.error.code === 'fenced' ? ok({ there }) : opened;
  const { db } = opened.value;
  const checked = opened.value.read(() => ok(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']));
  await opened.value.close();
  return checked.ok && checked.value === 'ok' ? conflict('queue') : ok({ there });
}

/**
 * Begins an empty queue in the place of one that is lost or damaged; a damaged file is set aside and never deleted. The store
 * must be closed.
 * @param nowMs names the file that is set aside; milliseconds since 1970
 */
export async function renewQueue(files: DatabaseFiles, nowMs: number): Promise<Result<void, Trouble>> {
  const lost = await lostQueue(files);
  if (!lost.ok) return lost;
  const aside = await files.setAside(name, `damaged-${nowMs}`);
  if (!aside.ok) return aside;
  const made = await files.open(name, queueSchema, 'create');
  if (!made.ok) return made;
  await made.value.close();
  return ok(undefined);
}
