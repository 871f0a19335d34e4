import { answer, noArguments } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { refreshSelected } from '../refresh-selected.ts';
import { okay } from '../response/done.ts';

/** RFC 3501 §6.4.1 (gone from RFC 9051): every change is durable when it is acknowledged, so there is only news to tell. */
export const check: SelectedCommand = {
  name: 'CHECK',
  states: 'selected',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: noArguments(async (world) => answer((await refreshSelected(world)) ?? okay('Checked'))),
};
