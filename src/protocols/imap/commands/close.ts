import { answer, noArguments } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { expungeDeleted } from '../expunge-deleted.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';

/** RFC 9051 §6.4.1: removes what is \Deleted without a word, unless the mailbox is only read. */
export const close: SelectedCommand = {
  name: 'CLOSE',
  states: 'selected',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  prepare: noArguments(async (world) => {
    const { selected } = world;
    const gone = selected.readOnly ? undefined : await expungeDeleted(world, 'all');
    if (gone !== undefined && !gone.ok) return answer(troubleDone(gone.error));
    world.select(undefined);
    return answer(okay('Closed'));
  }),
};
