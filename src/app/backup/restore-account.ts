import type { AccountId, MailboxId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { MailboxRecord, NewMessage } from '#store/contract/messages.ts';
import { inlineBodyBytesMax, systemFlags } from '#store/contract/messages.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { flagNames } from '#store/flags.ts';
import { copyBody } from './copy-body.ts';
import type { ListedMessage } from './message-list.ts';
import { fingerprint, listMessages, readMessage } from './message-list.ts';

export interface AccountTask {
  readonly from: Store;
  readonly to: SqliteStore;
  readonly account: AccountId;
  /** Begin a new file even though the account's file can be read. */
  readonly replace: boolean;
  readonly dryRun: boolean;
  readonly each: () => void;
}

export interface RestoredAccount {
  readonly messages: number;
  readonly replaced: boolean;
  /** Messages of the backup that cannot be brought back, each with the reason. */
  readonly missing: readonly string[];
}

/**
 * Puts back into a live account what it no longer has: each message of the backup that is in none of its mailboxes gets
 * a new UID above all that were given out, so that no UID names two messages (S-13). What came since stays, and a
 * second restore adds nothing. A file that is out of use is set aside, and a new one begun with new UIDVALIDITYs.
 */
export async function restoreAccount(task: AccountTask): Promise<Result<RestoredAccount, Trouble>> {
  const { from, to, account, dryRun } = task;
  const there = await listMessages(from, account);
  if (!there.ok) return there;
  const here = await listMessages(to, account);
  if (!here.ok && here.error.code !== 'fenced') return here;
  const replaced = task.replace || !here.ok;
  const wanted =
    replaced || !here.ok ? ok(there.value) : await lacking(task, { there: there.value, here: here.value });
  if (!wanted.ok) return wanted;
  if (dryRun) return ok({ messages: wanted.value.length, replaced, missing: [] });
  if (replaced) {
    const begun = await beginAnew(task);
    if (!begun.ok) return begun;
  }
  return await new AccountRestore(task).putBack(wanted.value, replaced);
}

/** By id first; what has no known id is compared by what it is, as often as it is there. */
async function lacking(
  { from, to, account }: AccountTask,
  lists: { readonly there: readonly ListedMessage[]; readonly here: readonly ListedMessage[] },
): Promise<Result<readonly ListedMessage[], Trouble>> {
  const idsHere = new Set(lists.here.map(({ emailId }) => emailId));
  const unknown = lists.there.filter(({ emailId }) => !idsHere.has(emailId));
  if (unknown.length === 0) return ok([]);
  const idsThere = new Set(lists.there.map(({ emailId }) => emailId));
  const prints = new Map<string, number>();
  for (const message of lists.here.filter(({ emailId }) => !idsThere.has(emailId))) {
    const print = await fingerprint(to, account, message);
    if (!print.ok) return print;
    prints.set(print.value, 1 + (prints.get(print.value) ?? 0));
  }
  const wanted: ListedMessage[] = [];
  for (const message of unknown) {
    const print = await fingerprint(from, account, message);
    if (!print.ok) return print;
    const count = prints.get(print.value) ?? 0;
    if (count > 0) prints.set(print.value, count - 1);
    else wanted.push(message);
  }
  return ok(wanted);
}

async function beginAnew({ to, account }: AccountTask): Promise<Result<void, Trouble>> {
  const aside = await to.accountFiles.setAside(account);
  return aside.ok ? await to.accountFiles.createFile(account) : aside;
}

/** Messages of one append: one sync for all of them. */
const lotSize = 64;
const lotBytesMax = 4 * 1024 * 1024;

class AccountRestore {
  readonly #task: AccountTask;
  readonly #mailboxes = new Map<string, MailboxId>();
  readonly #missing: string[] = [];
  #messages = 0;

  constructor(task: AccountTask) {
    this.#task = task;
  }

  async putBack(
    wanted: readonly ListedMessage[],
    withNames: boolean,
  ): Promise<Result<RestoredAccount, Trouble>> {
    if (withNames) {
      const named = await this.#names();
      if (!named.ok) return named;
    }
    for (const lot of lots(wanted)) {
      const put = await this.#putLot(lot);
      if (!put.ok) return put;
    }
    return ok({ messages: this.#messages, replaced: withNames, missing: this.#missing });
  }

  /** Mailboxes, empty ones too, and subscriptions, for a file begun anew. */
  async #names(): Promise<Result<void, Trouble>> {
    const { from, to, account } = this.#task;
    const mailboxes = await from.mailboxes.list(account);
    if (!mailboxes.ok) return mailboxes;
    for (const mailbox of mailboxes.value) {
      const made = await this.#mailbox(mailbox);
      if (!made.ok) return made;
    }
    const names = await from.mailboxes.subscriptions(account);
    if (!names.ok) return names;
    for (const name of names.value) {
      const done = await to.mailboxes.subscribe(account, name, true);
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  async #mailbox({ name, specialUse }: MailboxRecord): Promise<Result<MailboxId, Trouble>> {
    const known = this.#mailboxes.get(name);
    if (known !== undefined) return ok(known);
    const { to, account } = this.#task;
    const here = await to.mailboxes.list(account);
    if (!here.ok) return here;
    for (const mailbox of here.value) this.#mailboxes.set(mailbox.name, mailbox.id);
    const found = this.#mailboxes.get(name);
    if (found !== undefined) return ok(found);
    const taken = here.value.some((mailbox) => mailbox.specialUse === specialUse);
    const made = await to.mailboxes.create(account, name, taken ? undefined : specialUse);
    if (!made.ok) return made;
    this.#mailboxes.set(name, made.value.id);
    return ok(made.value.id);
  }

  async #putLot(lot: readonly ListedMessage[]): Promise<Result<void, Trouble>> {
    const [first] = lot;
    if (first === undefined) return ok(undefined);
    const mailbox = await this.#mailbox(first.mailbox);
    if (!mailbox.ok) return mailbox;
    const keywords = await this.#keywords(first.mailbox.id);
    if (!keywords.ok) return keywords;
    const messages: NewMessage[] = [];
    for (const message of lot) {
      const read = await this.#read(message, keywords.value);
      if (read.ok) messages.push(read.value);
      else if (read.error.code === 'fenced' || read.error.code === 'not-found')
        this.#tell(message, read.error);
      else return read;
    }
    return await this.#append(mailbox.value, messages);
  }

  #tell({ mailbox, uid }: ListedMessage, trouble: Trouble): void {
    const reason = 'detail' in trouble ? trouble.detail : trouble.code;
    this.#missing.push(`account ${this.#task.account}, mailbox ${mailbox.id}, UID ${uid}: ${reason}`);
  }

  async #keywords(mailbox: MailboxId): Promise<Result<readonly string[], Trouble>> {
    const { from, account } = this.#task;
    const snapshot = await from.messages.select(account, mailbox);
    return snapshot.ok ? ok(snapshot.value.keywords) : snapshot;
  }

  async #read(
    { mailbox, uid, sizeBytes }: ListedMessage,
    keywords: readonly string[],
  ): Promise<Result<NewMessage, Trouble>> {
    const { from, to, account } = this.#task;
    const small = sizeBytes <= inlineBodyBytesMax;
    const place = { account, mailbox: mailbox.id, uid };
    const row = await readMessage(from, place, small ? ['flags', 'summary', 'body'] : ['flags', 'summary']);
    if (!row.ok) return row;
    const { summary, body, flags = 0, internalDateMs = 0 } = row.value ?? {};
    if (summary === undefined) return err({ code: 'not-found', what: 'message' });
    const copied =
      body === undefined
        ? await copyBody(to.blobs, from.messages.body(account, mailbox.id, uid))
        : ok({ kind: 'bytes', bytes: body } as const);
    if (!copied.ok) return copied;
    const names = flagNames(flags, keywords);
    return ok({ prefix: new Uint8Array(), body: copied.value, summary, internalDateMs, flags: names });
  }

  async #append(mailbox: MailboxId, messages: readonly NewMessage[]): Promise<Result<void, Trouble>> {
    if (messages.length === 0) return ok(undefined);
    const { to, account } = this.#task;
    const appended = await to.messages.append(account, mailbox, messages);
    const again =
      !appended.ok && appended.error.code === 'limit'
        ? await to.messages.append(account, mailbox, messages.map(withoutKeywords))
        : appended;
    for (const { body } of messages) if (body.kind === 'blob') await to.blobs.remove(body.id);
    if (!again.ok) return again;
    this.#messages += messages.length;
    for (const _ of messages) this.#task.each();
    return ok(undefined);
  }
}

/** The mailbox has no room for more keywords: the message matters more. */
function withoutKeywords(message: NewMessage): NewMessage {
  return { ...message, flags: message.flags.filter((flag) => Object.hasOwn(systemFlags, flag)) };
}

/** Neighbours of one mailbox, few enough to be held in memory. */
function lots(messages: readonly ListedMessage[]): readonly (readonly ListedMessage[])[] {
  const all: ListedMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const lot = all.at(-1);
    const small = Math.min(message.sizeBytes, inlineBodyBytesMax);
    const fits =
      lot !== undefined &&
      lot[0]?.mailbox.id === message.mailbox.id &&
      lot.length < lotSize &&
      bytes + small <= lotBytesMax;
    if (fits) lot.push(message);
    else all.push([message]);
    bytes = fits ? bytes + small : small;
  }
  return all;
}
