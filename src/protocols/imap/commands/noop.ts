import { answer, noArguments } from '../command.ts';
import type { AnyCommand } from '../command.ts';
import { okay } from '../response/done.ts';
import { refreshSelected } from '../refresh-selected.ts';

/** RFC 9051 §6.1.2: the client asks for news, so the store is asked even when nothing was announced. */
export const noop: AnyCommand = {
  name: 'NOOP',
  states: 'any',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: noArguments(async (world) => {
    const trouble = await refreshSelected(world);
    return answer(trouble ?? okay('Nothing done'));
  }),
};
