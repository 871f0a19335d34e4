import type { AccountId } from '#base/id.ts';
import { formatAddress } from '#mail/address.ts';
import { shiftSummary } from '#mail/shift-summary.ts';
import type { NewMessage } from '#store/contract/messages.ts';
import type { Lease, Outcome, QueueRecipient } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Clock } from '#platform/clock.ts';
import { chooseMailbox } from './choose-mailbox.ts';
import { deliveryFields } from './delivery-fields.ts';
import { outcomeOfTrouble } from './outcome-of-trouble.ts';

export interface RecipientParts {
  readonly store: Pick<Store, 'messages' | 'mailboxes'>;
  readonly clock: Clock;
}

export type RecipientOutcome =
  /** Committed, not yet durable: the queue forgets it after the account is synced. */
  | {
      readonly kind: 'committed';
      readonly recipient: QueueRecipient;
      readonly account: AccountId;
      readonly first: boolean;
    }
  | {
      readonly kind: 'waits';
      readonly recipient: QueueRecipient;
      readonly outcome: Exclude<Outcome, { kind: 'done' }>;
    };

/** One recipient of a lease into its mailbox, in one transaction with the ledger's entry. */
export async function deliverRecipient(
  parts: RecipientParts,
  lease: Lease,
  index: number,
): Promise<RecipientOutcome> {
  const recipient = lease.entry.recipients[index];
  if (recipient?.route.kind !== 'local')
    throw new Error('a lease of local delivery holds a recipient that is not local');
  const { account, detail } = recipient.route;
  const isJunk = lease.entry.judged?.junk === true;
  const mailbox = await chooseMailbox(parts.store.mailboxes, account, { detail, isJunk });
  if (!mailbox.ok)
    return { kind: 'waits', recipient, outcome: outcomeOfTrouble(parts.clock, lease, mailbox.error) };
  const plan = { into: [{ mailbox: mailbox.value, flags: [] }] };
  // Two may differ only by the case of a sub-address, as mailboxes do by that of their names: each gets its own.
  const name = `${formatAddress(recipient.address)} ${detail ?? ''}`;
  const key = { queueId: lease.entry.id, recipient: name };
  const delivered = await parts.store.messages.deliver(account, newMessage(lease, recipient), plan, key);
  if (!delivered.ok) {
    return { kind: 'waits', recipient, outcome: outcomeOfTrouble(parts.clock, lease, delivered.error) };
  }
  return { kind: 'committed', recipient, account, first: delivered.value === 'delivered' };
}

function newMessage({ entry }: Lease, recipient: QueueRecipient): NewMessage {
  const prefix = Buffer.from(deliveryFields(entry.from, recipient) + (entry.judged?.fields ?? ''));
  return {
    prefix,
    body: entry.body,
    summary: shiftSummary(entry.summary, prefix.byteLength),
    internalDateMs: entry.receivedAtMs,
    flags: [],
  };
}
