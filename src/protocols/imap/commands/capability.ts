import { answer, noArguments } from '../command.ts';
import type { AnyCommand } from '../command.ts';
import { okay } from '../response/done.ts';

/** RFC 9051 §6.1.1. */
export const capability: AnyCommand = {
  name: 'CAPABILITY',
  states: 'any',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: noArguments((world) =>
    answer(okay('That is what is understood'), `* CAPABILITY ${world.capabilities()}\r\n`),
  ),
};
