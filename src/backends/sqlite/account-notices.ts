import type { AccountId, MailboxId } from '#base/id.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';
import type { Recounted } from './account-recount.ts';

/** Told of what is wrong with an account's mail and does not stop its use. */
export interface AccountNotices {
  /** The file of a large body is missing or damaged. */
  readonly bodyLost: (account: AccountId, trouble: Extract<Trouble, { code: 'fenced' }>) => void;
  /** A mailbox did not hold as many messages as it said. */
  readonly recounted: (account: AccountId, mailbox: MailboxId, counts: Recounted) => void;
}

/** Files remembered as told. */
const toldMax = 1_000;

/** Puts it on record; each body file once, however often it is asked for. */
export function accountNotices(events: EventSink): AccountNotices {
  const told = new Set<string>();
  return {
    bodyLost(account, { file, detail }) {
      if (told.has(file)) return;
      if (told.size >= toldMax) told.clear();
      told.add(file);
      events.emit({ name: 'body-unreadable', account, file, detail });
    },
    recounted(account, mailbox, { said, found }) {
      events.emit({ name: 'mailbox-recounted', account, mailbox, said, found });
    },
  };
}
