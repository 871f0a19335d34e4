import { makeId } from '#base/id.ts';
import type { BlobId, MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MailboxRecord, MailboxStatus, SpecialUse } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import {
  compareNames,
  mailboxesMax,
  parentsOf,
  parseMailboxName,
  planRename,
  subscriptionsMax,
} from '#store/mailbox-name.ts';
import { nextUidValidity } from '#store/number-block.ts';
import { standardMailboxes } from '#store/standard-mailboxes.ts';
import { beyondLimit, exists, invalid } from '#store/trouble.ts';
import { newCounter, takeNumber } from './account-counter.ts';
import { counterOf } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import {
  existingRows,
  findMailbox,
  insertRow,
  mailboxNamed,
  removeRows,
  setKeywords,
} from './account-rows.ts';
import type { Row } from './account-rows.ts';
import { change, changeNow, gather } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';

type Answer<T> = Result<T, Trouble> | Promise<Result<T, Trouble>>;

export interface NewMailbox {
  readonly name: string;
  readonly specialUse: SpecialUse | undefined;
}

/** One MODSEQ for each level that may have to be made. */
export function newMailboxNumbers(
  account: AccountFile,
  text: string,
): { readonly counter: ReturnType<typeof counterOf>; readonly count: number } {
  return { counter: counterOf(account, 0), count: text.split('/').length + 1 };
}

/** Within a transaction: the next mailbox number, a UIDVALIDITY never used, one MODSEQ. */
export function addMailbox(account: AccountFile, { name, specialUse }: NewMailbox): MailboxState {
  const { clock, random } = account.context;
  const row = account.sql('SELECT mailbox_next, uid_validity_last FROM account').get();
  const number = Number(row?.mailbox_next);
  const uidValidity = nextUidValidity(Number(row?.uid_validity_last), clock.now());
  account.sql('UPDATE account SET mailbox_next = ?, uid_validity_last = ?').run(number + 1, uidValidity);
  const id = makeId<MailboxId>(clock.now(), random.bytes(10));
  account
    .sql('INSERT INTO mailbox(number, id, uid_validity, named) VALUES (?, ?, ?, ?)')
    .run(number, id, uidValidity, sealedName(account, number, { name, specialUse }));
  const counter = newCounter(number, takeNumber(counterOf(account, 0)));
  account.counters.set(number, counter);
  const state: MailboxState = { number, id, uidValidity, name, specialUse, keywords: [], counter };
  account.mailboxes.set(id, state);
  return state;
}

function sealedName(account: AccountFile, number: number, { name, specialUse }: NewMailbox): Uint8Array {
  const place = { table: 'mailbox', column: 'named', record: String(number) };
  return account.sealer.sealJson(place, { name, specialUse: specialUse ?? null });
}

/** Within a transaction: with its missing parents, which have no special use. */
export function makeMailbox(
  account: AccountFile,
  text: string,
  specialUse: SpecialUse | undefined,
): Result<MailboxState, Trouble> {
  const name = parseMailboxName(text);
  if (!name.ok) return name;
  if (mailboxNamed(account, name.value) !== undefined) return exists('mailbox');
  const taken = account.mailboxes
    .values()
    .some((other) => specialUse !== undefined && other.specialUse === specialUse);
  if (taken) return exists('special-use');
  const parents = parentsOf(name.value).filter((parent) => mailboxNamed(account, parent) === undefined);
  if (account.mailboxes.size + parents.length + 1 > mailboxesMax)
    return beyondLimit('mailboxes', mailboxesMax);
  for (const parent of parents) addMailbox(account, { name: parent, specialUse: undefined });
  return ok(addMailbox(account, { name: name.value, specialUse }));
}

export function makeStandardMailboxes(account: AccountFile): Result<void, Trouble> {
  if (account.mailboxes.size > 0) return ok(undefined);
  const numbers = { counter: counterOf(account, 0), count: standardMailboxes.length + 1 };
  return changeNow(account, [numbers], () => {
    for (const [name, specialUse] of standardMailboxes) {
      addMailbox(account, { name, specialUse });
      writeSubscription(account, name);
    }
    account.subscriptions = undefined;
    return ok(undefined);
  });
}

export function listMailboxes(account: AccountFile): Result<readonly MailboxRecord[], Trouble> {
  return account.file.read(() => {
    const subscribed = new Set(readSubscriptions(account));
    const mailboxes = [...account.mailboxes.values()].sort((a, b) => compareNames(a.name, b.name));
    return ok(mailboxes.map((mailbox) => recordOf(mailbox, subscribed.has(mailbox.name))));
  });
}

function recordOf({ id, name, specialUse, uidValidity }: MailboxState, subscribed: boolean): MailboxRecord {
  return { id, name, specialUse, uidValidity, subscribed };
}

export function createMailbox(
  account: AccountFile,
  args: { readonly name: string; readonly specialUse: SpecialUse | undefined },
): Result<MailboxRecord, Trouble> {
  const name = parseMailboxName(args.name);
  if (!name.ok) return name;
  return changeNow(account, [newMailboxNumbers(account, name.value)], () => {
    const made = makeMailbox(account, name.value, args.specialUse);
    return made.ok ? ok(recordOf(made.value, isSubscribed(account, made.value.name))) : made;
  });
}

/** RFC 9051 §6.3.6. INBOX stays and is empty; its messages are in the new mailbox. */
export function renameMailbox(
  account: AccountFile,
  args: { readonly mailbox: MailboxId; readonly name: string },
): Answer<readonly MailboxId[]> {
  const mailbox = findMailbox(account, args.mailbox);
  if (!mailbox.ok) return mailbox;
  const name = parseMailboxName(args.name);
  if (!name.ok) return name;
  const isInbox = mailbox.value.name === 'INBOX';
  const names = new Set(account.mailboxes.values().map((known) => known.name));
  const plan = planRename(names, mailbox.value.name, name.value);
  if (!plan.ok) return plan;
  if (names.size + plan.value.create.length + (isInbox ? 1 : 0) > mailboxesMax)
    return beyondLimit('mailboxes', mailboxesMax);
  const moved = isInbox ? mailbox.value.counter.messages : 0;
  const numbers = { counter: counterOf(account, 0), count: plan.value.create.length + moved + 4 };
  return change(account, [numbers], function* (): Slices<Result<readonly MailboxId[], Trouble>> {
    for (const parent of plan.value.create) addMailbox(account, { name: parent, specialUse: undefined });
    if (isInbox) yield* moveInbox(account, mailbox.value, name.value);
    takeNumber(counterOf(account, 0));
    for (const known of account.mailboxes.values()) {
      const renamed = plan.value.rename.get(known.name);
      if (renamed !== undefined) writeName(account, known, renamed);
      yield;
    }
    return ok([]);
  });
}

function writeName(account: AccountFile, mailbox: MailboxState, name: string): void {
  mailbox.name = name;
  const { number, specialUse } = mailbox;
  account
    .sql('UPDATE mailbox SET named = ? WHERE number = ?')
    .run(sealedName(account, number, { name, specialUse }), number);
}

function* moveInbox(account: AccountFile, inbox: MailboxState, name: string): Slices<void> {
  const target = addMailbox(account, { name, specialUse: undefined });
  setKeywords(account, target, inbox.keywords);
  const rows = yield* gather(existingRows(account, inbox, 'all'));
  reserveFresh(target, rows.length);
  yield* copyRows(account, target, rows);
  yield* removeRows(account, inbox, rows);
}

/** A mailbox made in this very transaction has shown no number yet: its block is on disk when its first message is. */
function reserveFresh(mailbox: MailboxState, count: number): void {
  mailbox.counter.mark = mailbox.counter.next + count + 1;
  mailbox.counter.durable = mailbox.counter.mark;
  mailbox.counter.dirty = true;
}

function* copyRows(account: AccountFile, target: MailboxState, rows: readonly Row[]): Slices<void> {
  const sizes = account.sizes.show(rows);
  for (const [at, { flags, internal, email, content }] of rows.entries()) {
    insertRow(account, target, { flags, internal, email, content, sizeBytes: sizes[at] ?? 0 });
    yield;
  }
}

/** Its messages go too; what is below it stays. Returns the large bodies to remove. */
export function removeMailbox(
  account: AccountFile,
  args: { readonly mailbox: MailboxId },
): Answer<readonly BlobId[]> {
  const found = findMailbox(account, args.mailbox);
  if (!found.ok) return found;
  const mailbox = found.value;
  if (mailbox.name === 'INBOX') return invalid('inbox');
  return change(account, [{ counter: counterOf(account, 0), count: 3 }], function* (): Slices<
    Result<readonly BlobId[], Trouble>
  > {
    const rows = yield* gather(existingRows(account, mailbox, 'all'));
    const freed = yield* removeRows(account, mailbox, rows);
    takeNumber(counterOf(account, 0));
    for (const table of ['mailbox', 'counter'])
      account.sql(`DELETE FROM ${table} WHERE number = ?`).run(mailbox.number);
    account.sql('DELETE FROM vanished WHERE mailbox = ?').run(mailbox.number);
    account.sql('DELETE FROM segment WHERE id >> 32 = ?').run(mailbox.number);
    account.mailboxes.delete(mailbox.id);
    account.counters.delete(mailbox.number);
    return ok(freed);
  });
}

export function subscribe(
  account: AccountFile,
  args: { readonly name: string; readonly subscribed: boolean },
): Result<void, Trouble> {
  const name = parseMailboxName(args.name);
  if (!name.ok) return name;
  return changeNow(account, [], () => {
    const count = Number(account.sql('SELECT count(*) AS n FROM subscription').get()?.n);
    if (!args.subscribed)
      account.sql('DELETE FROM subscription WHERE id = ?').run(subscriptionId(account, name.value));
    else if (count >= subscriptionsMax && !isSubscribed(account, name.value))
      return beyondLimit('subscriptions', subscriptionsMax);
    else writeSubscription(account, name.value);
    account.subscriptions = undefined;
    return ok(undefined);
  });
}

export function listSubscriptions(account: AccountFile): Result<readonly string[], Trouble> {
  return account.file.read(() => ok(readSubscriptions(account)));
}

function subscriptionId(account: AccountFile, name: string): Uint8Array {
  return account.hashes.subscription(name);
}

function isSubscribed(account: AccountFile, name: string): boolean {
  return (
    account.sql('SELECT 1 FROM subscription WHERE id = ?').get(subscriptionId(account, name)) !== undefined
  );
}

function subscriptionPlace(id: Uint8Array): {
  readonly table: string;
  readonly column: string;
  readonly record: string;
} {
  return { table: 'subscription', column: 'name', record: Buffer.from(id).toString('hex') };
}

function writeSubscription(account: AccountFile, name: string): void {
  const id = subscriptionId(account, name);
  const sealed = account.sealer.sealJson(subscriptionPlace(id), name);
  account.sql('INSERT OR REPLACE INTO subscription(id, name) VALUES (?, ?)').run(id, sealed);
}

function readSubscriptions(account: AccountFile): readonly string[] {
  account.subscriptions ??= openSubscriptions(account);
  return account.subscriptions;
}

/** In the order of their names. */
function openSubscriptions(account: AccountFile): readonly string[] {
  const rows = account.sql('SELECT id, name FROM subscription').all();
  const names = rows.flatMap(({ id, name }) => {
    if (!(id instanceof Uint8Array && name instanceof Uint8Array)) return [];
    const opened = account.sealer.openJson(subscriptionPlace(id), name);
    return opened.ok ? [String(opened.value)] : [];
  });
  return names.sort(compareNames);
}

export function statusOf(
  account: AccountFile,
  args: { readonly mailboxes: readonly MailboxId[] },
): Result<ReadonlyMap<MailboxId, MailboxStatus>, Trouble> {
  const known = args.mailboxes.flatMap((id) => account.mailboxes.get(id) ?? []);
  return ok(new Map(known.map((mailbox) => [mailbox.id, statusOfOne(mailbox)])));
}

function statusOfOne({ uidValidity, counter }: MailboxState): MailboxStatus {
  const { messages, unseen, deleted, next, modseq, bytes } = counter;
  const highestModSeq = modseq as MailboxStatus['highestModSeq'];
  return { messages, unseen, deleted, uidNext: next, uidValidity, highestModSeq, sizeBytes: bytes };
}
