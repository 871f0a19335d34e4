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
  { detail, isJunk }: { readonly detail: string | undefined; readonly isJunk: boolean },
): Promise<Result<string, Trouble>> {
  if (isJunk) return chooseJunk(mailboxes, account);
  if (detail === undefined || detail === '') return ok('INBOX');
  const list = await mailboxes.list(account);
  if (!list.ok) return list;
  const wanted = detail.normalize('NFC');
  const named = list.value.find(({ name, specialUse }) => name === wanted && specialUse === undefined);
  return ok(named?.name ?? 'INBOX');
}

/** The mailbox that its owner made the one for Junk (RFC 6154), whatever it is called; else it is made. */
async function chooseJunk(mailboxes: Mailboxes, account: AccountId): Promise<Result<string, Trouble>> {
  const list = await mailboxes.list(account);
  if (!list.ok) return list;
  return ok(list.value.find(({ specialUse }) => specialUse === '\\Junk')?.name ?? 'Junk');
}
