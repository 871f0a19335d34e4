import type { MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { systemFlags } from '../contract/messages.ts';
import type { MailboxRecord, Mailboxes, MailboxStatus, SpecialUse } from '../contract/messages.ts';
import type { Trouble } from '../contract/trouble.ts';
import {
  compareNames,
  mailboxesMax,
  parentsOf,
  parseMailboxName,
  planRename,
  subscriptionsMax,
} from '../mailbox-name.ts';
import { beyondLimit, exists, invalid, notFound } from '../trouble.ts';
import { addMailbox, insertMessage, mailboxNamed, nextModSeq, removeMessages } from './memory-account.ts';
import type { MemoryAccount, MemoryMailbox, MemoryWorld } from './memory-account.ts';
import type { MemoryDirectory } from './memory-directory.ts';

export function createMemoryMailboxes(world: MemoryWorld, directory: MemoryDirectory): Mailboxes {
  const publish = (account: MemoryAccount, mailbox: MailboxId | undefined): void =>
    world.bus.publish({ account: account.id, mailbox, modseq: account.modseq });
  return {
    async list(id) {
      const account = directory.mail(id);
      return account.ok ? ok(recordsOf(account.value)) : account;
    },
    async create(id, text, specialUse) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      const made = createMailbox(world, account.value, { text, specialUse });
      if (!made.ok) return made;
      publish(account.value, made.value.id);
      return ok(recordOf(account.value, made.value));
    },
    async rename(id, mailboxId, text) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      const renamed = renameMailbox(world, account.value, { mailboxId, text });
      if (renamed.ok) publish(account.value, undefined);
      return renamed;
    },
    async remove(id, mailboxId) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      const mailbox = account.value.mailboxes.get(mailboxId);
      if (mailbox === undefined) return notFound('mailbox');
      if (mailbox.name === 'INBOX') return invalid('inbox');
      const freed = removeMessages(account.value, mailbox, [...mailbox.messages.values()]);
      account.value.mailboxes.delete(mailboxId);
      nextModSeq(account.value);
      publish(account.value, mailboxId);
      for (const blob of freed) await world.blobs.remove(blob);
      return ok(undefined);
    },
    async subscribe(id, text, subscribed) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      return subscribe(account.value, text, subscribed);
    },
    async subscriptions(id) {
      const account = directory.mail(id);
      return account.ok ? ok([...account.value.subscriptions].sort(compareNames)) : account;
    },
    async status(id, ids) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      const known = ids.flatMap((mailboxId) => account.value.mailboxes.get(mailboxId) ?? []);
      return ok(new Map(known.map((mailbox) => [mailbox.id, statusOf(mailbox)])));
    },
  };
}

/** With its missing parents, which have no special use. */
export function createMailbox(
  world: MemoryWorld,
  account: MemoryAccount,
  { text, specialUse }: { readonly text: string; readonly specialUse: SpecialUse | undefined },
): Result<MemoryMailbox, Trouble> {
  const name = parseMailboxName(text);
  if (!name.ok) return name;
  if (mailboxNamed(account, name.value) !== undefined) return exists('mailbox');
  if (
    specialUse !== undefined &&
    account.mailboxes.values().some((other) => other.specialUse === specialUse)
  ) {
    return exists('special-use');
  }
  const parents = parentsOf(name.value).filter((parent) => mailboxNamed(account, parent) === undefined);
  if (account.mailboxes.size + parents.length + 1 > mailboxesMax)
    return beyondLimit('mailboxes', mailboxesMax);
  for (const parent of parents) addMailbox(world, account, { name: parent, specialUse: undefined });
  return ok(addMailbox(world, account, { name: name.value, specialUse }));
}

function renameMailbox(
  world: MemoryWorld,
  account: MemoryAccount,
  { mailboxId, text }: { readonly mailboxId: MailboxId; readonly text: string },
): Result<void, Trouble> {
  const mailbox = account.mailboxes.get(mailboxId);
  if (mailbox === undefined) return notFound('mailbox');
  const name = parseMailboxName(text);
  if (!name.ok) return name;
  const names = new Set(account.mailboxes.values().map((known) => known.name));
  const plan = planRename(names, mailbox.name, name.value);
  if (!plan.ok) return plan;
  const added = plan.value.create.length + (mailbox.name === 'INBOX' ? 1 : 0);
  if (names.size + added > mailboxesMax) return beyondLimit('mailboxes', mailboxesMax);
  for (const parent of plan.value.create) addMailbox(world, account, { name: parent, specialUse: undefined });
  if (mailbox.name === 'INBOX') moveInbox(world, account, { inbox: mailbox, name: name.value });
  nextModSeq(account);
  for (const known of account.mailboxes.values())
    known.name = plan.value.rename.get(known.name) ?? known.name;
  return ok(undefined);
}

/** RFC 9051 §6.3.6: INBOX stays and is empty; its messages are in the new mailbox. */
function moveInbox(
  world: MemoryWorld,
  account: MemoryAccount,
  { inbox, name }: { readonly inbox: MemoryMailbox; readonly name: string },
): void {
  const target = addMailbox(world, account, { name, specialUse: undefined });
  const messages = [...inbox.messages.values()];
  target.keywords = inbox.keywords;
  for (const message of messages) insertMessage(account, target, message);
  removeMessages(account, inbox, messages);
}

function subscribe(account: MemoryAccount, text: string, subscribed: boolean): Result<void, Trouble> {
  const name = parseMailboxName(text);
  if (!name.ok) return name;
  if (!subscribed) account.subscriptions.delete(name.value);
  else if (account.subscriptions.size >= subscriptionsMax && !account.subscriptions.has(name.value)) {
    return beyondLimit('subscriptions', subscriptionsMax);
  } else account.subscriptions.add(name.value);
  return ok(undefined);
}

function recordsOf(account: MemoryAccount): readonly MailboxRecord[] {
  const mailboxes = [...account.mailboxes.values()].sort((a, b) => compareNames(a.name, b.name));
  return mailboxes.map((mailbox) => recordOf(account, mailbox));
}

function recordOf(account: MemoryAccount, mailbox: MemoryMailbox): MailboxRecord {
  const { id, name, specialUse, uidValidity } = mailbox;
  return { id, name, specialUse, uidValidity, subscribed: account.subscriptions.has(name) };
}

function statusOf(mailbox: MemoryMailbox): MailboxStatus {
  const messages = [...mailbox.messages.values()];
  const { uidNext, uidValidity, highestModSeq } = mailbox;
  return {
    messages: messages.length,
    unseen: messages.filter(({ flags }) => (flags & systemFlags['\\Seen']) === 0).length,
    deleted: messages.filter(({ flags }) => (flags & systemFlags['\\Deleted']) !== 0).length,
    uidNext,
    uidValidity,
    highestModSeq,
    sizeBytes: messages.reduce((sum, message) => sum + message.summary.sizeBytes, 0),
  };
}
