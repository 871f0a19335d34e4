import { answer, noArguments } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { okay } from '../response/done.ts';

/** RFC 9051 §6.4.2: leaves the mailbox as it is. */
export const unselect: SelectedCommand = {
  name: 'UNSELECT',
  states: 'selected',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  provides: ['UNSELECT'],
  prepare: noArguments((world) => {
    world.select(undefined);
    return answer(okay('Closed'));
  }),
};
