import type { AccountId, BlobId, MailboxId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Appended, MessageBody, ModSeq, SpecialUse, Uid } from '../contract/messages.ts';
import { nextUidValidity } from '../number-block.ts';
import { standardMailboxes } from '../standard-mailboxes.ts';

/** What every part of the memory store works with. */
export interface MemoryWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly blobs: Blobs;
  readonly bus: Bus;
}

export interface MemoryMessage {
  readonly uid: Uid;
  modseq: ModSeq;
  flags: number;
  readonly internalDateMs: number;
  readonly savedAtMs: number;
  readonly emailId: string;
  readonly summary: MessageSummary;
  readonly prefix: Uint8Array;
  readonly body: MessageBody;
}

export interface MemoryMailbox {
  readonly id: MailboxId;
  name: string;
  readonly specialUse: SpecialUse | undefined;
  readonly uidValidity: number;
  uidNext: number;
  highestModSeq: ModSeq;
  keywords: readonly string[];
  /** Ascending by UID, as they came. */
  readonly messages: Map<number, MemoryMessage>;
  readonly vanished: { readonly uid: Uid; readonly modseq: ModSeq }[];
}

export interface MemoryAccount {
  readonly id: AccountId;
  modseq: number;
  uidValidityLast: number;
  readonly mailboxes: Map<MailboxId, MemoryMailbox>;
  readonly subscriptions: Set<string>;
  /** Deliveries done, as `queue id` + space + recipient; outlives the messages. */
  readonly ledger: Set<string>;
  readonly appended: Map<string, readonly Appended[]>;
  /** How many messages share a large body. */
  readonly blobUses: Map<BlobId, number>;
}

/** A mailbox and whose it is. */
export interface Place {
  readonly account: MemoryAccount;
  readonly mailbox: MemoryMailbox;
}

export function createMemoryAccount(world: MemoryWorld, id: AccountId): MemoryAccount {
  const account: MemoryAccount = {
    id,
    modseq: 0,
    uidValidityLast: 0,
    mailboxes: new Map(),
    subscriptions: new Set(),
    ledger: new Set(),
    appended: new Map(),
    blobUses: new Map(),
  };
  for (const [name, specialUse] of standardMailboxes) {
    addMailbox(world, account, { name, specialUse });
    account.subscriptions.add(name);
  }
  return account;
}

export function addMailbox(
  world: MemoryWorld,
  account: MemoryAccount,
  { name, specialUse }: { readonly name: string; readonly specialUse: SpecialUse | undefined },
): MemoryMailbox {
  account.uidValidityLast = nextUidValidity(account.uidValidityLast, world.clock.now());
  const mailbox: MemoryMailbox = {
    id: makeId<MailboxId>(world.clock.now(), world.random.bytes(10)),
    name,
    specialUse,
    uidValidity: account.uidValidityLast,
    uidNext: 1,
    highestModSeq: nextModSeq(account),
    keywords: [],
    messages: new Map(),
    vanished: [],
  };
  account.mailboxes.set(mailbox.id, mailbox);
  return mailbox;
}

export function mailboxNamed(account: MemoryAccount, name: string): MemoryMailbox | undefined {
  return account.mailboxes.values().find((mailbox) => mailbox.name === name);
}

/** Every change of the account takes the next. */
export function nextModSeq(account: MemoryAccount): ModSeq {
  account.modseq += 1;
  return account.modseq as ModSeq;
}

/** Union of the flags of all messages: which keywords are in use. */
export function flagsInUse(mailbox: MemoryMailbox): number {
  return mailbox.messages.values().reduce((bits, message) => bits | message.flags, 0);
}

/** Messages of these UIDs that exist, ascending, each once. */
export function existing(mailbox: MemoryMailbox, uids: readonly number[]): readonly MemoryMessage[] {
  const wanted = [...new Set(uids)].sort((a, b) => a - b);
  return wanted.flatMap((uid) => mailbox.messages.get(uid) ?? []);
}

/** Puts a message in as the mailbox's next. */
export function insertMessage(
  account: MemoryAccount,
  mailbox: MemoryMailbox,
  message: Omit<MemoryMessage, 'uid' | 'modseq'>,
): Appended {
  const uid = mailbox.uidNext as Uid;
  const modseq = nextModSeq(account);
  mailbox.uidNext += 1;
  mailbox.highestModSeq = modseq;
  mailbox.messages.set(uid, { ...message, uid, modseq });
  if (message.body.kind === 'blob') {
    account.blobUses.set(message.body.id, (account.blobUses.get(message.body.id) ?? 0) + 1);
  }
  return { uid, modseq, uidValidity: mailbox.uidValidity };
}

/** Takes messages out under one MODSEQ; returns the large bodies that nobody needs any more. */
export function removeMessages(
  account: MemoryAccount,
  mailbox: MemoryMailbox,
  messages: readonly MemoryMessage[],
): readonly BlobId[] {
  const freed: BlobId[] = [];
  if (messages.length === 0) return freed;
  const modseq = nextModSeq(account);
  mailbox.highestModSeq = modseq;
  for (const { uid, body } of messages) {
    mailbox.messages.delete(uid);
    mailbox.vanished.push({ uid, modseq });
    if (body.kind === 'blob' && releaseBlob(account, body.id)) freed.push(body.id);
  }
  return freed;
}

function releaseBlob(account: MemoryAccount, id: BlobId): boolean {
  const uses = (account.blobUses.get(id) ?? 0) - 1;
  if (uses > 0) account.blobUses.set(id, uses);
  else account.blobUses.delete(id);
  return uses <= 0;
}
