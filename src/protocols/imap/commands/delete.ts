import { answer } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { okay, refused } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';

/** RFC 9051 §6.3.5. The session's own selected mailbox may go too: it is left first, as CLOSE without expunging. */
export const deleteMailbox: AccountCommand = {
  name: 'DELETE',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: (cursor) => {
    cursor.space();
    const wire = astring(cursor, 'a mailbox name');
    cursor.end();
    return async (world) => {
      const record = await findMailbox(world, wire);
      if (!record.ok) return answer(troubleDone(record.error));
      if (record.value.name === 'INBOX') return answer(refused('INBOX cannot be deleted', 'CANNOT'));
      const isSelected = world.selected?.id === record.value.id;
      const removed = await world.store.mailboxes.remove(world.account, record.value.id);
      if (!removed.ok) return answer(troubleDone(removed.error));
      if (isSelected) world.select(undefined);
      return answer(okay('Deleted'), isSelected ? '* OK [CLOSED] The selected mailbox was deleted\r\n' : '');
    };
  },
};
