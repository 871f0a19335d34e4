import { answer } from '../command.ts';
import type { AccountCommand, LiteralSink } from '../command.ts';
import { openAppendSink } from '../append/append-sink.ts';
import { discardSink } from '../append/discard-sink.ts';
import { findMailbox } from '../find-mailbox.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { dateTime } from '../grammar/dates.ts';
import { flagList } from '../grammar/flags.ts';
import { astring } from '../grammar/strings.ts';
import type { AnnouncedLiteral } from '../receiver.ts';
import { bad, refused } from '../response/done.ts';
import type { Done } from '../response/done.ts';
import { targetTroubleDone, troubleDone } from '../response/trouble.ts';
import type { AccountWorld } from '../world.ts';

/** RFC 9051 §6.3.12. The message never stands in the command: its literal goes to a sink as it comes. */
export const append: AccountCommand = {
  name: 'APPEND',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  provides: ['UIDPLUS'],
  takeLiteral: (cursor, literal) => {
    const request = appendRequest(cursor);
    const marker = cursor.text.slice(cursor.at);
    // The literal that was announced is the mailbox name, or something that does not belong here.
    if (!/^~?\{\d+\+?\}$/.test(marker)) return undefined;
    return (world) => take(world, request, literal);
  },
  // Only a command without its message, or one that cannot be read, gets here.
  prepare: (cursor) => {
    appendRequest(cursor);
    return () => answer(bad('APPEND ends with the message as a literal'));
  },
};

interface AppendRequest {
  readonly mailbox: string;
  readonly flags: readonly string[];
  readonly internalDateMs: number | undefined;
}

/** `"APPEND" SP mailbox [SP flag-list] [SP date-time] SP`. */
function appendRequest(cursor: Cursor): AppendRequest {
  cursor.space();
  const mailbox = astring(cursor, 'a mailbox name');
  cursor.space();
  const flags = cursor.peek() === '(' ? flagList(cursor) : [];
  if (flags.length > 0 || cursor.text.charAt(cursor.at - 1) === ')') cursor.space();
  const internalDateMs = cursor.peek() === '"' ? dateTime(cursor) : undefined;
  if (internalDateMs !== undefined) cursor.space();
  return { mailbox, flags, internalDateMs };
}

async function take(
  world: AccountWorld,
  request: AppendRequest,
  literal: AnnouncedLiteral,
): Promise<LiteralSink | Done> {
  const max = world.appendSizeBytesMax;
  if (literal.sizeBytes > max) return refused(`A message may have ${max} octets`, 'TOOBIG');
  const record = await findMailbox(world, request.mailbox);
  if (!record.ok) return refuse(literal, targetTroubleDone(record.error));
  const room = await world.store.messages.room(world.account, literal.sizeBytes);
  if (!room.ok) return refuse(literal, troubleDone(room.error));
  return openAppendSink(world, {
    mailbox: record.value.id,
    flags: request.flags,
    internalDateMs: request.internalDateMs ?? world.clock.now(),
    sizeBytes: literal.sizeBytes,
    binary: literal.binary,
  });
}

/** A client that waits is told at once; one that does not has its octets thrown away as they come. */
function refuse(literal: AnnouncedLiteral, done: Done): LiteralSink | Done {
  return literal.unasked ? discardSink(done) : done;
}
