import { systemFlags } from '#store/contract/messages.ts';
import type { MailboxRecord } from '#store/contract/messages.ts';
import { ViewReader } from '#store/view-reader.ts';
import type { MailboxView } from '#store/view.ts';
import { answer } from '../command.ts';
import type { AccountCommand, Answer } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { encodeName } from '../grammar/mailbox-name.ts';
import { astring } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';
import { formatFlagsOf } from '../response/flags.ts';
import { troubleDone } from '../response/trouble.ts';
import { wireMailbox } from '../response/wire.ts';
import { SelectedMailbox } from '../selected-mailbox.ts';
import type { AccountWorld } from '../world.ts';

function selecting(name: 'SELECT' | 'EXAMINE'): AccountCommand {
  return {
    name,
    states: 'account',
    usesSequenceNumbers: false,
    mayReportExpunge: true,
    breaksPipeline: true,
    prepare: (cursor) => {
      cursor.space();
      const mailbox = astring(cursor, 'a mailbox name');
      cursor.end();
      return (world) => open(world, mailbox, name === 'EXAMINE');
    },
  };
}

/** RFC 9051 §6.3.2. */
export const select = selecting('SELECT');
/** RFC 9051 §6.3.3. */
export const examine = selecting('EXAMINE');

async function open(world: AccountWorld, wire: string, readOnly: boolean): Promise<Answer> {
  // Even when the new mailbox cannot be selected the old one no longer is.
  const closed = world.selected === undefined ? '' : '* OK [CLOSED] The previous mailbox is closed\r\n';
  world.select(undefined);
  const record = await findMailbox(world, wire);
  if (!record.ok) return answer(troubleDone(record.error), closed);
  const lease = await world.views.acquire(world.store, world.account, record.value.id);
  if (!lease.ok) return answer(troubleDone(lease.error), closed);
  const reader = new ViewReader(lease.value, world.wake);
  const mailbox = new SelectedMailbox({ id: record.value.id, name: record.value.name, reader, readOnly });
  world.select(mailbox);
  const done = readOnly ? okay('Selected to be read', 'READ-ONLY') : okay('Selected', 'READ-WRITE');
  return answer(done, closed + describe(world, mailbox, record.value));
}

function describe(world: AccountWorld, mailbox: SelectedMailbox, record: MailboxRecord): string {
  const { view } = mailbox;
  const lines = [
    formatFlagsOf(view, mailbox.readOnly),
    `* ${mailbox.reader.count} EXISTS\r\n`,
    `* OK [UIDVALIDITY ${view.uidValidity}] UIDs are valid\r\n`,
    `* OK [UIDNEXT ${view.uidNext}] The next UID\r\n`,
  ];
  if (world.rev2) {
    const name = wireMailbox(encodeName(record.name, world.coding));
    lines.push(`* LIST (${record.specialUse ?? ''}) "/" ${name}\r\n`);
  } else {
    lines.push('* 0 RECENT\r\n');
    const unseen = firstUnseen(view);
    if (unseen !== undefined) lines.push(`* OK [UNSEEN ${unseen}] The first unseen message\r\n`);
  }
  return lines.join('');
}

/** Only rev1 asks for it (RFC 3501 §6.3.1). */
function firstUnseen(view: MailboxView): number | undefined {
  for (let index = 0; index < view.count; index += 1) {
    if (((view.flags[index] ?? 0) & systemFlags['\\Seen']) === 0) return index + 1;
  }
  return undefined;
}
