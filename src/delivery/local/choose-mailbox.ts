import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Mailboxes } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/**
 * INBOX, or the mailbox that the sub-address names (RFC 5233) if it exists. Strangers cannot make mailboxes, nor
 * put mail where only its owner does: what has a special use (Sent, Drafts, Trash, …) is not reached so.
 */
export async function chooseMailbox(
  mailboxes: Mailboxes,
  account: AccountId,
  detail: string | undefined,
): Promise<Result<string, Trouble>> {
  if (detail === undefined || detail === '') return ok('INBOX');
  const list = await mailboxes.list(account);
  if (!list.ok) return list;
  const wanted = detail.normalize('NFC');
  const named = list.value.find(({ name, specialUse }) => name === wanted && specialUse === undefined);
  return ok(named?.name ?? 'INBOX');
}
