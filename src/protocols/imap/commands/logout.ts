import { noArguments } from '../command.ts';
import type { AnyCommand } from '../command.ts';
import { formatBye, okay } from '../response/done.ts';

/** RFC 9051 §6.1.3. */
export const logout: AnyCommand = {
  name: 'LOGOUT',
  states: 'any',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  prepare: noArguments(() => ({
    kind: 'done',
    data: formatBye('Logging out'),
    done: okay('Goodbye'),
    transition: { kind: 'close' },
  })),
};
