import type { AccountId, MailboxId } from '#base/id.ts';

/** "Look again": no content. A lost notice does no harm, consumers compare MODSEQ. */
export interface Change {
  readonly account: AccountId;
  readonly mailbox: MailboxId | undefined;
  readonly modseq: number;
}

export interface Bus {
  publish(change: Change): void;
  /** Calls back for each change of the account until the returned function is called. */
  subscribe(account: AccountId, listener: (change: Change) => void): () => void;
}
