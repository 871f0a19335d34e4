import { answer } from '../command.ts';
import type { AccountCommand, Answer } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';
import { formatStatus, statusList } from '../status-items.ts';
import type { StatusItem } from '../status-items.ts';
import type { AccountWorld } from '../world.ts';

/** RFC 9051 §6.3.11. */
export const status: AccountCommand = {
  name: 'STATUS',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: (cursor) => {
    cursor.space();
    const wire = astring(cursor, 'a mailbox name');
    cursor.space();
    const items = statusList(cursor);
    cursor.end();
    return (world) => tell(world, wire, items);
  },
};

async function tell(world: AccountWorld, wire: string, items: readonly StatusItem[]): Promise<Answer> {
  const record = await findMailbox(world, wire);
  if (!record.ok) return answer(troubleDone(record.error));
  const { id, name } = record.value;
  const found = await world.store.mailboxes.status(world.account, [id]);
  if (!found.ok) return answer(troubleDone(found.error));
  const status = found.value.get(id);
  if (status === undefined) return answer(troubleDone({ code: 'not-found', what: 'mailbox' }));
  return answer(okay('Counted'), formatStatus(world, { name, status }, items));
}
