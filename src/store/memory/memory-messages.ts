import type { AccountId, BlobId, MailboxId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { systemFlags } from '../contract/messages.ts';
import type { Appended, LedgerKey, MessageBody, Messages, NewMessage } from '../contract/messages.ts';
import type { Trouble } from '../contract/trouble.ts';
import {
  changeFlags,
  flagNames,
  knownFlagBits,
  parseFlags,
  placeFlags,
  placeFlagsOrTrouble,
} from '../flags.ts';
import type { ParsedFlags } from '../flags.ts';
import { notFound, troubleOfBlob } from '../trouble.ts';
import {
  existing,
  flagsInUse,
  insertMessage,
  mailboxNamed,
  nextModSeq,
  removeMessages,
} from './memory-account.ts';
import type { MemoryAccount, MemoryMailbox, MemoryMessage, MemoryWorld, Place } from './memory-account.ts';
import type { MemoryDirectory } from './memory-directory.ts';
import { createMailbox } from './memory-mailboxes.ts';
import { createMemoryReading } from './memory-reading.ts';

/** Blobs are linked before, and unused ones removed after, what happens at once in between. */
export function createMemoryMessages(world: MemoryWorld, directory: MemoryDirectory): Messages {
  const publish = (account: MemoryAccount, ...mailboxes: readonly MemoryMailbox[]): void => {
    for (const { id } of mailboxes)
      world.bus.publish({ account: account.id, mailbox: id, modseq: account.modseq });
  };
  const place = (id: AccountId, mailbox: MailboxId): Result<Place, Trouble> =>
    placeOf(directory, id, mailbox);

  return {
    ...createMemoryReading(world, place),
    async append(id, mailboxId, messages, key) {
      const at = place(id, mailboxId);
      if (!at.ok) return at;
      const known = key === undefined ? undefined : at.value.account.appended.get(key);
      if (known !== undefined) return ok(known);
      const bytes = messages.reduce((sum, message) => sum + message.summary.sizeBytes, 0);
      const linked = await linkBodies(world, messages);
      if (!linked.ok) return linked;
      const room = directory.room(id, { bytes, messages: messages.length });
      const appended = room.ok ? appendAll(world, at.value, linked.value) : room;
      if (!appended.ok) await removeBodies(world, linked.value);
      else {
        if (key !== undefined) at.value.account.appended.set(key, appended.value);
        publish(at.value.account, at.value.mailbox);
      }
      return appended;
    },
    async deliver(id, message, plan, key) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      if (account.value.ledger.has(ledgerText(key))) return ok('already');
      const linked = await linkBodies(world, plan.into.length > 0 ? [message] : []);
      if (!linked.ok) return linked;
      const [own = message] = linked.value;
      const delivered = deliverInto(world, account.value, { message: own, into: plan.into, key });
      if (!delivered.ok || delivered.value === 'already') {
        await removeBodies(world, linked.value);
        return delivered.ok ? ok('already') : delivered;
      }
      publish(account.value, ...delivered.value);
      return ok('delivered');
    },
    async synced(id) {
      const account = directory.mail(id);
      return account.ok ? ok(undefined) : account;
    },
    room: async (id, bytes) => directory.room(id, { bytes, messages: 1 }),
    async flags(id, mailboxId, uids, change, unchangedSince) {
      const at = place(id, mailboxId);
      if (!at.ok) return at;
      const { account, mailbox } = at.value;
      const parsed = parseFlags(change.flags);
      if (!parsed.ok) return parsed;
      const bits = bitsForChange(mailbox, parsed.value, change.mode);
      if (!bits.ok) return bits;
      const messages = existing(mailbox, uids);
      const newer = (message: MemoryMessage): boolean =>
        unchangedSince !== undefined && message.modseq > unchangedSince;
      const changed = messages.filter((message) => !newer(message));
      const modified = messages.filter(newer).map(({ uid }) => uid);
      setFlags(account, mailbox, {
        messages: changed,
        flagsOf: ({ flags }) => changeFlags(flags, change.mode, bits.value),
      });
      publish(account, mailbox);
      return ok({ changed: changed.map(({ uid, flags, modseq }) => ({ uid, flags, modseq })), modified });
    },
    async copy(id, from, uids, to) {
      const both = placesOf(directory, { id, from, to });
      if (!both.ok) return both;
      const { account, source, target } = both.value;
      const messages = existing(source, uids);
      const bytes = messages.reduce((sum, message) => sum + message.summary.sizeBytes, 0);
      const room = directory.room(id, { bytes, messages: messages.length });
      if (!room.ok) return room;
      const copied = copyAll(world, { account, source, target, messages });
      if (copied.ok) publish(account, target);
      return copied;
    },
    async move(id, from, uids, to) {
      const both = placesOf(directory, { id, from, to });
      if (!both.ok) return both;
      const { account, source, target } = both.value;
      const messages = existing(source, uids);
      const copied = copyAll(world, { account, source, target, messages });
      if (!copied.ok) return copied;
      removeMessages(account, source, messages);
      publish(account, source, target);
      return ok({ ...copied.value, modseq: source.highestModSeq });
    },
    async expunge(id, mailboxId, uids, onlyDeleted) {
      const at = place(id, mailboxId);
      if (!at.ok) return at;
      const { account, mailbox } = at.value;
      const named = uids === 'all' ? [...mailbox.messages.values()] : existing(mailbox, uids);
      const isDeleted = (message: MemoryMessage): boolean => (message.flags & systemFlags['\\Deleted']) !== 0;
      const gone = onlyDeleted ? named.filter(isDeleted) : named;
      const freed = removeMessages(account, mailbox, gone);
      publish(account, mailbox);
      for (const blob of freed) await world.blobs.remove(blob);
      return ok({ uids: gone.map(({ uid }) => uid), modseq: mailbox.highestModSeq });
    },
  };
}

function placeOf(directory: MemoryDirectory, id: AccountId, mailboxId: MailboxId): Result<Place, Trouble> {
  const account = directory.mail(id);
  if (!account.ok) return account;
  const mailbox = account.value.mailboxes.get(mailboxId);
  return mailbox === undefined ? notFound('mailbox') : ok({ account: account.value, mailbox });
}

function placesOf(
  directory: MemoryDirectory,
  { id, from, to }: { readonly id: AccountId; readonly from: MailboxId; readonly to: MailboxId },
): Result<{ account: MemoryAccount; source: MemoryMailbox; target: MemoryMailbox }, Trouble> {
  const source = placeOf(directory, id, from);
  if (!source.ok) return source;
  const target = placeOf(directory, id, to);
  if (!target.ok) return target;
  return ok({ account: source.value.account, source: source.value.mailbox, target: target.value.mailbox });
}

/** All or nothing: flags are judged before the first message goes in. */
function appendAll(
  world: MemoryWorld,
  { account, mailbox }: Place,
  messages: readonly NewMessage[],
): Result<readonly Appended[], Trouble> {
  let keywords = mailbox.keywords;
  let inUse = flagsInUse(mailbox);
  const bits: number[] = [];
  for (const message of messages) {
    const parsed = parseFlags(message.flags);
    if (!parsed.ok) return parsed;
    const placed = placeFlagsOrTrouble(parsed.value, keywords, () => inUse);
    if (!placed.ok) return placed;
    keywords = placed.value.keywords;
    inUse |= placed.value.bits;
    bits.push(placed.value.bits);
  }
  mailbox.keywords = keywords;
  return ok(
    messages.map((message, i) =>
      insertMessage(
        account,
        mailbox,
        newRow(world, { message, flags: bits[i] ?? 0, emailId: newEmailId(world) }),
      ),
    ),
  );
}

interface Delivery {
  readonly message: NewMessage;
  readonly into: readonly { readonly mailbox: string; readonly flags: readonly string[] }[];
  readonly key: LedgerKey;
}

/** One transaction with the ledger. Keywords that do not fit are left out rather than the message. */
function deliverInto(
  world: MemoryWorld,
  account: MemoryAccount,
  { message, into, key }: Delivery,
): Result<readonly MemoryMailbox[] | 'already', Trouble> {
  if (account.ledger.has(ledgerText(key))) return ok('already');
  const emailId = newEmailId(world);
  const targets: { readonly mailbox: MemoryMailbox; readonly flags: ParsedFlags }[] = [];
  for (const { mailbox: text, flags } of into) {
    const parsed = parseFlags(flags);
    if (!parsed.ok) return parsed;
    const made = createMailbox(world, account, { text, specialUse: undefined });
    if (!made.ok && made.error.code !== 'exists') return made;
    const mailbox = made.ok ? made.value : mailboxNamed(account, canonicalInbox(text));
    if (mailbox === undefined) return notFound('mailbox');
    targets.push({ mailbox, flags: parsed.value });
  }
  for (const { mailbox, flags } of targets) {
    const placed = placeFlags(flags, mailbox.keywords, () => flagsInUse(mailbox));
    mailbox.keywords = placed.keywords;
    insertMessage(account, mailbox, newRow(world, { message, flags: placed.bits, emailId }));
  }
  account.ledger.add(ledgerText(key));
  return ok(targets.map(({ mailbox }) => mailbox));
}

function newRow(
  world: MemoryWorld,
  {
    message,
    flags,
    emailId,
  }: { readonly message: NewMessage; readonly flags: number; readonly emailId: string },
): Omit<MemoryMessage, 'uid' | 'modseq'> {
  const { prefix, body, summary, internalDateMs } = message;
  return { prefix, body, summary, internalDateMs, flags, emailId, savedAtMs: world.clock.now() };
}

interface Copying {
  readonly account: MemoryAccount;
  readonly source: MemoryMailbox;
  readonly target: MemoryMailbox;
  readonly messages: readonly MemoryMessage[];
}

function copyAll(
  world: MemoryWorld,
  { account, source, target, messages }: Copying,
): Result<Pick<Copied, 'uidValidity' | 'pairs'>, Trouble> {
  let keywords = target.keywords;
  let inUse = flagsInUse(target);
  const rows: Omit<MemoryMessage, 'uid' | 'modseq'>[] = [];
  for (const message of messages) {
    const parsed = parseFlags(flagNames(message.flags, source.keywords));
    if (!parsed.ok) return parsed;
    const placed = placeFlagsOrTrouble(parsed.value, keywords, () => inUse);
    if (!placed.ok) return placed;
    keywords = placed.value.keywords;
    inUse |= placed.value.bits;
    rows.push({ ...message, flags: placed.value.bits, savedAtMs: world.clock.now() });
  }
  target.keywords = keywords;
  const pairs = rows.map((row, i) => {
    const from = messages[i];
    if (from === undefined) throw new Error('one row per message');
    return [from.uid, insertMessage(account, target, row).uid] as const;
  });
  return ok({ uidValidity: target.uidValidity, pairs });
}

type MoveResult = Awaited<ReturnType<Messages['move']>>;
type Copied = Extract<MoveResult, { ok: true }>['value'];

/** Removing an unknown keyword asks for nothing; adding one enters it. */
function bitsForChange(
  mailbox: MemoryMailbox,
  flags: ParsedFlags,
  mode: 'add' | 'remove' | 'replace',
): Result<number, Trouble> {
  if (mode === 'remove') return ok(knownFlagBits(flags, mailbox.keywords));
  const placed = placeFlagsOrTrouble(flags, mailbox.keywords, () => flagsInUse(mailbox));
  if (!placed.ok) return placed;
  mailbox.keywords = placed.value.keywords;
  return ok(placed.value.bits);
}

/** One MODSEQ for all that really change; the others keep theirs. */
function setFlags(
  account: MemoryAccount,
  mailbox: MemoryMailbox,
  {
    messages,
    flagsOf,
  }: { readonly messages: readonly MemoryMessage[]; readonly flagsOf: (message: MemoryMessage) => number },
): void {
  const different = messages.filter((message) => flagsOf(message) !== message.flags);
  if (different.length === 0) return;
  const modseq = nextModSeq(account);
  mailbox.highestModSeq = modseq;
  for (const message of different) {
    message.flags = flagsOf(message);
    message.modseq = modseq;
  }
}

async function linkBodies(
  world: MemoryWorld,
  messages: readonly NewMessage[],
): Promise<Result<readonly NewMessage[], Trouble>> {
  const linked: NewMessage[] = [];
  for (const message of messages) {
    const body = await linkBody(world, message.body);
    if (!body.ok) {
      await removeBodies(world, linked);
      return body;
    }
    linked.push({ ...message, body: body.value });
  }
  return ok(linked);
}

async function linkBody(world: MemoryWorld, body: MessageBody): Promise<Result<MessageBody, Trouble>> {
  if (body.kind === 'bytes') return ok({ kind: 'bytes', bytes: body.bytes.slice() });
  const link = await world.blobs.link(body.id);
  return link.ok ? ok({ ...body, id: link.value }) : err(troubleOfBlob(link.error));
}

async function removeBodies(world: MemoryWorld, messages: readonly NewMessage[]): Promise<void> {
  const ids: BlobId[] = messages.flatMap(({ body }) => (body.kind === 'blob' ? [body.id] : []));
  for (const id of ids) await world.blobs.remove(id);
}

function newEmailId(world: MemoryWorld): string {
  return makeId(world.clock.now(), world.random.bytes(10));
}

function ledgerText(key: LedgerKey): string {
  return `${key.queueId} ${key.recipient}`;
}

function canonicalInbox(text: string): string {
  const name = text.normalize('NFC');
  return /^inbox(?=\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name;
}
