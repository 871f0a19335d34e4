import { answer } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { expungeDeleted } from '../expunge-deleted.ts';
import { sequenceSet } from '../grammar/sequence-set.ts';
import { okay } from '../response/done.ts';
import { readOnlyDone } from '../response/read-only.ts';
import { troubleDone } from '../response/trouble.ts';

/** RFC 9051 §6.4.9 UID EXPUNGE (UIDPLUS, RFC 4315 §2.1). */
export const uidExpunge: SelectedCommand = {
  name: 'UID EXPUNGE',
  states: 'selected',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  provides: ['UIDPLUS'],
  prepare: (cursor) => {
    cursor.space();
    const set = sequenceSet(cursor);
    cursor.end();
    return async (world) => {
      if (world.selected.readOnly) return answer(readOnlyDone);
      const gone = await expungeDeleted(world, [...world.selected.byUid(set).uids]);
      return answer(gone.ok ? okay('Expunged') : troubleDone(gone.error));
    };
  },
};
