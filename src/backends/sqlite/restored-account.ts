import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { accountSchema } from './account-schema.ts';
import type { DatabaseFiles } from './database-file.ts';

/**
 * MODSEQs left out after a restore: more than the lost file can have given out since the backup. They name contents, too, and
 * no record of the lost file may open in the place of another.
 */
const modseqsLeftOut = 2 ** 24;

/**
 * Gives every mailbox of a restored account a new UIDVALIDITY, so that no UID that a client has seen since the backup
 * can name another message (STORAGE §6, S-13). The store must be closed.
 * @param name as `DatabaseFiles.list` gives it
 * @param nowMs milliseconds since 1970
 */
export async function renewUidValidity(
  files: DatabaseFiles,
  name: string,
  nowMs: number,
): Promise<Result<void, Trouble>> {
  const opened = await files.open(name, accountSchema, 'existing');
  if (!opened.ok) return opened;
  const { db } = opened.value;
  const renewed = opened.value.transactionFull(() => {
    const { last } = db.prepare('SELECT uid_validity_last AS last FROM account').get() ?? {};
    const base = Math.max(Number(last), Math.floor(nowMs / 1000));
    db.prepare('UPDATE mailbox SET uid_validity = ? + number').run(base);
    db.prepare(
      'UPDATE account SET uid_validity_last = max(uid_validity_last, (SELECT coalesce(max(uid_validity), 0) FROM mailbox))',
    ).run();
    db.prepare('UPDATE counter SET next = next + ?1, mark = mark + ?1 WHERE number = 0').run(modseqsLeftOut);
    return ok(undefined);
  });
  await opened.value.close();
  return renewed;
}
