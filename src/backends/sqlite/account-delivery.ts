import type { MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DeliveryPlan, LedgerKey } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { parseFlags, placeFlags } from '#store/flags.ts';
import type { ParsedFlags } from '#store/flags.ts';
import { parseMailboxName } from '#store/mailbox-name.ts';
import type { MovedMessage } from './account-content.ts';
import type { Reservation } from './account-counter.ts';
import { counterOf } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import { addMailbox, makeMailbox, newMailboxNumbers } from './account-mailboxes.ts';
import { flagsInUse, insertRow, mailboxNamed, newEmailId, setKeywords } from './account-rows.ts';
import { changeNow } from './account-transaction.ts';

/** Flat, for each object on the way between threads costs as much as a hundred bytes of text. */
export interface DeliverArgs extends MovedMessage, DeliveryPlan, LedgerKey {}

/** `already`: the ledger knows it; nothing was written. */
export type Delivered =
  | { readonly kind: 'already' }
  | { readonly kind: 'delivered'; readonly mailboxes: readonly MailboxId[] };

interface Target {
  /** By id: when making a mailbox fails for another of the lot, what is remembered of all of them is read anew. */
  readonly mailbox: MailboxId;
  readonly flags: ParsedFlags;
}

interface Prepared {
  readonly message: DeliverArgs;
  readonly entry: LedgerEntry;
  readonly targets: readonly Target[];
}

type LedgerEntry = Uint8Array;
const ledgerHashBytes = 12;

/**
 * Delivers a lot in one transaction, each message with its ledger entry; one answer for each. What can be wrong with one
 * (a mailbox's name, a flag) is found before, so that the others are not held up by it.
 */
export function deliverAll(
  account: AccountFile,
  lot: readonly DeliverArgs[],
): readonly Result<Delivered, Trouble>[] {
  const prepared = lot.map((args) => prepare(account, args));
  const ready = prepared.flatMap((one) => (one.ok ? [one.value] : []));
  const numbers = reservations(account, ready);
  const written = changeNow(
    account,
    numbers,
    () => ok(new Map(ready.map((one) => [one, write(account, one)]))),
    { lazy: true },
  );
  return prepared.map((one) => {
    if (!one.ok) return one;
    return written.ok ? ok(written.value.get(one.value) ?? { kind: 'already' }) : written;
  });
}

function isDelivered(account: AccountFile, entry: LedgerEntry): boolean {
  return account.sql('SELECT 1 FROM ledger WHERE key = ?').get(entry) !== undefined;
}

function prepare(account: AccountFile, message: DeliverArgs): Result<Prepared, Trouble> {
  const entry = ledgerEntry(account, message);
  const known = targetsOf(message, (name) => existingMailbox(account, name));
  if (known.ok) return ok({ message, entry, targets: known.value });
  // A repeated delivery was right the first time, and makes no mailbox anew that its owner has removed.
  if (isDelivered(account, entry)) return ok({ message, entry, targets: [] });
  const targets = targetsOf(message, (name) => targetMailbox(account, name));
  return targets.ok ? ok({ message, entry, targets: targets.value }) : targets;
}

function targetsOf(
  { into }: DeliveryPlan,
  mailboxOf: (name: string) => Result<MailboxState, Trouble>,
): Result<readonly Target[], Trouble> {
  const targets: Target[] = [];
  for (const { mailbox: text, flags } of into) {
    const parsed = parseFlags(flags);
    if (!parsed.ok) return parsed;
    const name = parseMailboxName(text);
    if (!name.ok) return name;
    const mailbox = mailboxOf(name.value);
    if (!mailbox.ok) return mailbox;
    targets.push({ mailbox: mailbox.value.id, flags: parsed.value });
  }
  return ok(targets);
}

function existingMailbox(account: AccountFile, name: string): Result<MailboxState, Trouble> {
  const known = mailboxNamed(account, name);
  return known === undefined ? err({ code: 'not-found', what: 'mailbox' }) : ok(known);
}

/** What is not there is made in a transaction of its own, which a repeated delivery finds done. */
function targetMailbox(account: AccountFile, name: string): Result<MailboxState, Trouble> {
  const known = mailboxNamed(account, name);
  if (known !== undefined) return ok(known);
  return changeNow(account, [newMailboxNumbers(account, name)], () =>
    name === 'INBOX'
      ? ok(addMailbox(account, { name: 'INBOX', specialUse: undefined }))
      : makeMailbox(account, name, undefined),
  );
}

function reservations(account: AccountFile, lot: readonly Prepared[]): readonly Reservation[] {
  const counts = new Map<MailboxId, number>();
  for (const { targets } of lot)
    for (const { mailbox } of targets) counts.set(mailbox, (counts.get(mailbox) ?? 0) + 1);
  const total = counts.values().reduce((sum, count) => sum + count, 0);
  return [
    ...counts
      .entries()
      .map(([mailbox, count]) => ({ counter: preparedMailbox(account, mailbox).counter, count })),
    { counter: counterOf(account, 0), count: total },
  ];
}

function preparedMailbox(account: AccountFile, id: MailboxId): MailboxState {
  const mailbox = account.mailboxes.get(id);
  if (mailbox === undefined) throw new Error('a mailbox went while a lot was prepared');
  return mailbox;
}

function write(account: AccountFile, { message, targets, entry }: Prepared): Delivered {
  const entered = account.sql('INSERT OR IGNORE INTO ledger(key) VALUES (?)').run(entry);
  if (entered.changes === 0) return { kind: 'already' };
  const email = newEmailId(account);
  let content: number | MovedMessage = message;
  for (const { mailbox: id, flags } of targets) {
    const mailbox = preparedMailbox(account, id);
    // Keywords that do not fit are left out rather than the message.
    const placed = placeFlags(flags, mailbox.keywords, () => flagsInUse(account, mailbox));
    setKeywords(account, mailbox, placed.keywords);
    const arrival = {
      flags: placed.bits,
      internal: message.internalDateMs,
      sizeBytes: message.sizeBytes,
      email,
    };
    content = insertRow(account, mailbox, { ...arrival, content }).content;
  }
  return { kind: 'delivered', mailboxes: targets.map(({ mailbox }) => mailbox) };
}

/** Begins with the queue id, whose first characters are its time: the ledger grows and ages at its two ends. */
function ledgerEntry(account: AccountFile, { queueId, recipient }: LedgerKey): LedgerEntry {
  const entry = Buffer.alloc(queueId.length + ledgerHashBytes);
  entry.write(queueId, 'latin1');
  entry.set(account.hashes.ledger(`${queueId} ${recipient}`).subarray(0, ledgerHashBytes), queueId.length);
  return entry;
}
