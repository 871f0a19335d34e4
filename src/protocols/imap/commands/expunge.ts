import { answer, noArguments } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { expungeDeleted } from '../expunge-deleted.ts';
import { okay } from '../response/done.ts';
import { readOnlyDone } from '../response/read-only.ts';
import { troubleDone } from '../response/trouble.ts';

/** RFC 9051 §6.4.3: the EXPUNGE responses are news like any other, and come before the tagged OK. */
export const expunge: SelectedCommand = {
  name: 'EXPUNGE',
  states: 'selected',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: noArguments(async (world) => {
    if (world.selected.readOnly) return answer(readOnlyDone);
    const gone = await expungeDeleted(world, 'all');
    return answer(gone.ok ? okay('Expunged') : troubleDone(gone.error));
  }),
};
