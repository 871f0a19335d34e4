import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { count } from './account-counter.ts';
import { counterOf, DamageError } from './account-file.ts';
import type { AccountFile, Counter, MailboxState } from './open-account.ts';
import { rowsFrom } from './account-rows.ts';
import { change } from './account-transaction.ts';

/** How many messages a mailbox said it held, and how many it holds. */
export interface Recounted {
  readonly said: number;
  readonly found: number;
}

/**
 * Counts a mailbox anew when its sums are not those of its messages. The messages are the truth, the sums are drawn from
 * them: to keep the mailbox shut would help nobody, and a backup could bring back no more than is here. Only if SQLite finds
 * the table of messages whole; else it is damage, and the file is out of use. UIDs and MODSEQs are not touched.
 */
export async function recount(
  account: AccountFile,
  mailbox: MailboxState,
): Promise<Result<Recounted, Trouble>> {
  const whole = account.file.read(() => wholeTable(account));
  if (!whole.ok) return whole;
  return change(account, [], function* () {
    const { counter } = mailbox;
    const all = counterOf(account, 0);
    const said = counter.messages;
    const found = { ...counter, messages: 0, unseen: 0, deleted: 0, bytes: 0 };
    for (const row of rowsFrom(account, mailbox, 1)) {
      const [sizeBytes = 0] = account.sizes.show([row]);
      count([found], { flags: row.flags, sizeBytes }, 1);
      yield;
    }
    for (const sum of sums) {
      all[sum] += found[sum] - counter[sum];
      counter[sum] = found[sum];
    }
    counter.dirty = true;
    all.dirty = true;
    return ok({ said, found: found.messages });
  });
}

const sums = ['messages', 'unseen', 'deleted', 'bytes'] as const satisfies readonly (keyof Counter)[];

function wholeTable(account: AccountFile): Result<void, Trouble> {
  const found = account.sql('PRAGMA quick_check(message)').get()?.quick_check;
  if (found !== 'ok') throw new DamageError(`a mailbox and its count differ: ${String(found)}`);
  return ok(undefined);
}
