import type { BlobId, MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { systemFlags } from '#store/contract/messages.ts';
import type { Appended, FlagChange, ModSeq, Uid } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { changeFlags, flagNames, knownFlagBits, parseFlags, placeFlagsOrTrouble } from '#store/flags.ts';
import type { ParsedFlags } from '#store/flags.ts';
import { checkQuota } from '#store/quota.ts';
import type { Usage } from '#store/quota.ts';
import type { Held, Room } from './account-rooms.ts';
import type { MovedMessage } from './account-content.ts';
import { takeNumber } from './account-counter.ts';
import { counterOf } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import {
  existingRows,
  findMailbox,
  flagsInUse,
  insertRow,
  newEmailId,
  removeRows,
  setKeywords,
  updateFlags,
} from './account-rows.ts';
import type { Row } from './account-rows.ts';
import { change, gather } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';

type Answer<T> = Result<T, Trouble> | Promise<Result<T, Trouble>>;

/** Flags for several messages, entered one after the other in a mailbox's keyword table: all fit, or none is taken. */
function placeAll(
  account: AccountFile,
  mailbox: MailboxState,
  wanted: readonly ParsedFlags[],
): Result<readonly number[], Trouble> {
  let { keywords } = mailbox;
  let inUse: number | undefined;
  const bits: number[] = [];
  for (const flags of wanted) {
    const placed = placeFlagsOrTrouble(flags, keywords, () => (inUse ??= flagsInUse(account, mailbox)));
    if (!placed.ok) return placed;
    keywords = placed.value.keywords;
    if (inUse !== undefined) inUse |= placed.value.bits;
    bits.push(placed.value.bits);
  }
  setKeywords(account, mailbox, keywords);
  return ok(bits);
}

function parseAll(lists: readonly (readonly string[])[]): Result<readonly ParsedFlags[], Trouble> {
  const parsed: ParsedFlags[] = [];
  for (const names of lists) {
    const flags = parseFlags(names);
    if (!flags.ok) return flags;
    parsed.push(flags.value);
  }
  return ok(parsed);
}

/** Numbers for so many arrivals in a mailbox. */
function arrivals(
  account: AccountFile,
  mailbox: MailboxState,
  count: number,
): { readonly counter: MailboxState['counter']; readonly count: number }[] {
  return [
    { counter: mailbox.counter, count },
    { counter: counterOf(account, 0), count: count + 1 },
  ];
}

export interface AppendArgs {
  readonly mailbox: MailboxId;
  readonly messages: readonly MovedMessage[];
  /** Of each message. */
  readonly flags: readonly (readonly string[])[];
  readonly key: string | undefined;
  readonly room: Room;
}

/** `already`: the key is known, and the bodies linked for this call are not needed. */
export interface AppendAnswer {
  readonly appended: readonly Appended[];
  readonly already: boolean;
}

export function append(
  account: AccountFile,
  { mailbox: id, messages, flags, key, room }: AppendArgs,
): Answer<AppendAnswer> {
  const found = findMailbox(account, id);
  if (!found.ok) return found;
  const mailbox = found.value;
  const known = key === undefined ? undefined : appendedBefore(account, key);
  if (known !== undefined) return ok({ appended: known, already: true });
  const parsed = parseAll(flags);
  if (!parsed.ok) return parsed;
  return change(account, arrivals(account, mailbox, messages.length), function* (): Slices<
    Result<AppendAnswer, Trouble>
  > {
    const allowed = fits(account, room, usageOfSizes(messages.map(({ sizeBytes }) => sizeBytes)));
    if (!allowed.ok) return allowed;
    const bits = placeAll(account, mailbox, parsed.value);
    if (!bits.ok) return bits;
    const appended: Appended[] = [];
    for (const [at, message] of messages.entries()) {
      const { uid, modseq, uidValidity } = insertRow(account, mailbox, {
        flags: bits.value[at] ?? 0,
        internal: message.internalDateMs,
        sizeBytes: message.sizeBytes,
        email: newEmailId(account),
        content: message,
      });
      appended.push({ uid, modseq, uidValidity });
      yield;
    }
    if (key !== undefined) rememberAppend(account, key, appended);
    return ok({ appended, already: false });
  });
}

function appendedBefore(account: AccountFile, key: string): readonly Appended[] | undefined {
  const row = account.sql('SELECT answer FROM appended WHERE key = ?').get(account.hashes.appended(key));
  return row === undefined ? undefined : (JSON.parse(String(row.answer)) as readonly Appended[]);
}

function rememberAppend(account: AccountFile, key: string, appended: readonly Appended[]): void {
  account
    .sql('INSERT INTO appended(key, at, answer) VALUES (?, ?, ?)')
    .run(account.hashes.appended(key), Math.floor(account.context.clock.now()), JSON.stringify(appended));
}

export interface FlagsArgs {
  readonly mailbox: MailboxId;
  readonly uids: readonly number[];
  readonly change: FlagChange;
  readonly unchangedSince: number | undefined;
}

export interface FlagsAnswer {
  readonly changed: readonly { readonly uid: Uid; readonly flags: number; readonly modseq: ModSeq }[];
  readonly modified: readonly Uid[];
}

/** One MODSEQ for all that really change; the others keep theirs. */
export function setFlags(
  account: AccountFile,
  { mailbox: id, uids, change: wish, unchangedSince }: FlagsArgs,
): Answer<FlagsAnswer> {
  const found = findMailbox(account, id);
  if (!found.ok) return found;
  const mailbox = found.value;
  const parsed = parseFlags(wish.flags);
  if (!parsed.ok) return parsed;
  const all = counterOf(account, 0);
  return change(account, [{ counter: all, count: 2 }], function* (): Slices<Result<FlagsAnswer, Trouble>> {
    const bits =
      wish.mode === 'remove'
        ? ok(knownFlagBits(parsed.value, mailbox.keywords))
        : placeOne(account, mailbox, parsed.value);
    if (!bits.ok) return bits;
    const changed: { uid: Uid; flags: number; modseq: ModSeq }[] = [];
    const modified: Uid[] = [];
    let taken: number | undefined;
    for (const row of existingRows(account, mailbox, uids)) {
      const uid = row.uid as Uid;
      const flags = changeFlags(row.flags, wish.mode, bits.value);
      if (unchangedSince !== undefined && row.modseq > unchangedSince) modified.push(uid);
      else if (flags === row.flags) changed.push({ uid, flags, modseq: row.modseq as ModSeq });
      else {
        taken ??= takeNumber(all);
        updateFlags(account, mailbox, { row, flags, modseq: taken });
        mailbox.counter.modseq = taken;
        changed.push({ uid, flags, modseq: taken as ModSeq });
      }
      yield;
    }
    return ok({ changed, modified });
  });
}

function placeOne(account: AccountFile, mailbox: MailboxState, flags: ParsedFlags): Result<number, Trouble> {
  const placed = placeAll(account, mailbox, [flags]);
  return placed.ok ? ok(placed.value[0] ?? 0) : placed;
}

export interface CopyArgs {
  readonly from: MailboxId;
  readonly uids: readonly number[];
  readonly to: MailboxId;
  readonly remove: boolean;
  /** `undefined` for a move, which adds nothing. */
  readonly room: Room | undefined;
}

export interface CopyAnswer {
  readonly uidValidity: number;
  readonly pairs: readonly (readonly [Uid, Uid])[];
  /** Of the source, after a move. */
  readonly modseq: ModSeq;
}

/** COPY and MOVE: content is shared, all or nothing. */
export function copy(account: AccountFile, { from, uids, to, remove, room }: CopyArgs): Answer<CopyAnswer> {
  const source = findMailbox(account, from);
  if (!source.ok) return source;
  const target = findMailbox(account, to);
  if (!target.ok) return target;
  const count = Math.min(uids.length, source.value.counter.messages);
  return change(account, arrivals(account, target.value, count + 1), function* (): Slices<
    Result<CopyAnswer, Trouble>
  > {
    const rows = yield* gather(existingRows(account, source.value, uids));
    const allowed = fits(account, room, usageOfSizes(account.sizes.show(rows)));
    if (!allowed.ok) return allowed;
    const flags = parseAll(rows.map((row) => flagNames(row.flags, source.value.keywords)));
    if (!flags.ok) return flags;
    const bits = placeAll(account, target.value, flags.value);
    if (!bits.ok) return bits;
    const pairs = yield* insertCopies(account, target.value, { rows, bits: bits.value });
    // A content shared with its own copy only: removing the original counts it down again.
    if (remove) yield* removeRows(account, source.value, rows);
    return ok({
      uidValidity: target.value.uidValidity,
      pairs,
      modseq: source.value.counter.modseq as ModSeq,
    });
  });
}

function* insertCopies(
  account: AccountFile,
  target: MailboxState,
  { rows, bits }: { readonly rows: readonly Row[]; readonly bits: readonly number[] },
): Slices<readonly (readonly [Uid, Uid])[]> {
  const sizes = account.sizes.show(rows);
  const pairs: [Uid, Uid][] = [];
  for (const [at, { uid, internal, email, content }] of rows.entries()) {
    const arrival = { flags: bits[at] ?? 0, internal, email, content, sizeBytes: sizes[at] ?? 0 };
    pairs.push([uid as Uid, insertRow(account, target, arrival).uid]);
    yield;
  }
  return pairs;
}

export interface ExpungeArgs {
  readonly mailbox: MailboxId;
  readonly uids: readonly number[] | 'all';
  readonly onlyDeleted: boolean;
}

export interface ExpungeAnswer {
  readonly uids: readonly Uid[];
  readonly modseq: ModSeq;
  /** Large bodies to remove once this is durable. */
  readonly freed: readonly BlobId[];
}

export function expunge(
  account: AccountFile,
  { mailbox: id, uids, onlyDeleted }: ExpungeArgs,
): Answer<ExpungeAnswer> {
  const found = findMailbox(account, id);
  if (!found.ok) return found;
  const mailbox = found.value;
  return change(account, [{ counter: counterOf(account, 0), count: 2 }], function* (): Slices<
    Result<ExpungeAnswer, Trouble>
  > {
    const gone: Row[] = [];
    for (const row of existingRows(account, mailbox, uids)) {
      if (!onlyDeleted || (row.flags & systemFlags['\\Deleted']) !== 0) gone.push(row);
      yield;
    }
    const freed = yield* removeRows(account, mailbox, gone);
    return ok({ uids: gone.map(({ uid }) => uid as Uid), modseq: mailbox.counter.modseq as ModSeq, freed });
  });
}

/** What the account holds in all. */
export function heldBy(account: AccountFile): Held {
  const { bytes, messages, next } = counterOf(account, 0);
  return { usage: { bytes, messages }, modseq: next - 1 };
}

/** Within the transaction: of two that come together, the second sees the first. */
function fits(account: AccountFile, room: Room | undefined, add: Usage): Result<void, Trouble> {
  if (room === undefined) return ok(undefined);
  const { quota, domain } = room;
  return checkQuota({ account: { usage: heldBy(account).usage, quota }, domain, add });
}

function usageOfSizes(sizes: readonly number[]): Usage {
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), messages: sizes.length };
}

/** The size of some messages together, for the quota before COPY. */
export function sizesOf(
  account: AccountFile,
  args: { readonly mailbox: MailboxId; readonly uids: readonly number[] },
): Result<Usage, Trouble> {
  const found = findMailbox(account, args.mailbox);
  if (!found.ok) return err(found.error);
  const rows = [...existingRows(account, found.value, args.uids)];
  return ok(usageOfSizes(account.sizes.show(rows)));
}
