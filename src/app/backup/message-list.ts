import { createHash } from 'node:crypto';
import type { AccountId, MailboxId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { MailboxRecord, MessageRow, Need } from '#store/contract/messages.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';

export type Mail = Pick<Store, 'mailboxes' | 'messages'>;

/** A message of an account and where it lies. */
export interface ListedMessage {
  readonly mailbox: MailboxRecord;
  readonly uid: number;
  readonly emailId: string;
  readonly sizeBytes: number;
  readonly internalDateMs: number;
}

const pageSize = 256;

/** All messages of an account, mailbox by mailbox, in the order of their UIDs; nothing of them is opened. */
export async function listMessages(
  { mailboxes, messages }: Mail,
  account: AccountId,
): Promise<Result<readonly ListedMessage[], Trouble>> {
  const all = await mailboxes.list(account);
  if (!all.ok) return all;
  const listed: ListedMessage[] = [];
  for (const mailbox of all.value) {
    const snapshot = await messages.select(account, mailbox.id);
    if (!snapshot.ok) return snapshot;
    const uids = [...snapshot.value.uids];
    for (let from = 0; from < uids.length; from += pageSize) {
      const rows = await messages.read(
        account,
        mailbox.id,
        uids.slice(from, from + pageSize),
        new Set(),
        pageSize,
      );
      if (!rows.ok) return rows;
      listed.push(...rows.value.map((row) => ({ ...row, mailbox })));
    }
  }
  return ok(listed);
}

export async function readMessage(
  mail: Mail,
  place: { readonly account: AccountId; readonly mailbox: MailboxId; readonly uid: number },
  needs: readonly Need[],
): Promise<Result<MessageRow | undefined, Trouble>> {
  const rows = await mail.messages.read(place.account, place.mailbox, [place.uid], new Set(needs), 1);
  return rows.ok ? ok(rows.value[0]) : rows;
}

/** What a message is, whichever file it lies in: its size, its date and its header. */
export async function fingerprint(
  mail: Mail,
  account: AccountId,
  message: ListedMessage,
): Promise<Result<string, Trouble>> {
  const row = await readMessage(mail, { account, mailbox: message.mailbox.id, uid: message.uid }, [
    'headers',
  ]);
  if (!row.ok) return row;
  const hash = createHash('sha256').update(row.value?.headers ?? new Uint8Array());
  return ok(`${message.sizeBytes} ${message.internalDateMs} ${hash.digest('base64')}`);
}
