import { answer } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { findMailbox, mailboxName } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';

/** RFC 9051 §6.3.6: with all that is below; INBOX gives its messages to the new mailbox and stays. */
export const rename: AccountCommand = {
  name: 'RENAME',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: (cursor) => {
    cursor.space();
    const from = astring(cursor, 'a mailbox name');
    cursor.space();
    const to = astring(cursor, 'the new name');
    cursor.end();
    return async (world) => {
      const record = await findMailbox(world, from);
      if (!record.ok) return answer(troubleDone(record.error));
      const name = mailboxName(world, to);
      if (!name.ok) return answer(troubleDone(name.error));
      const renamed = await world.store.mailboxes.rename(world.account, record.value.id, name.value);
      return answer(renamed.ok ? okay('Renamed') : troubleDone(renamed.error));
    };
  },
};
