import { answer, noArguments } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { idleTimeoutMs } from '../limits.ts';
import { refreshSelected } from '../refresh-selected.ts';
import { bad, okay } from '../response/done.ts';

/** RFC 9051 §6.3.13: from now on news is told as it comes, until the client says DONE. */
export const idle: AccountCommand = {
  name: 'IDLE',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: true,
  provides: ['IDLE'],
  prepare: noArguments(async (world) => {
    const trouble = await refreshSelected(world);
    if (trouble !== undefined) return answer(trouble);
    const untilMs = world.clock.monotonic() + idleTimeoutMs;
    return {
      kind: 'dialog',
      data: '+ Idling\r\n',
      dialog: {
        hearsNews: true,
        // News does not prolong it: only the client shows that it is still there.
        timeoutMs: () => Math.max(1, untilMs - world.clock.monotonic()),
        line: (line) => answer(line.toUpperCase() === 'DONE' ? okay('Idled') : bad('Only DONE ends IDLE')),
      },
    };
  }),
};
