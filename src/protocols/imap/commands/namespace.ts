import { answer, noArguments } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { okay } from '../response/done.ts';

/** RFC 9051 §6.3.10: one personal namespace without a prefix. */
export const namespace: AccountCommand = {
  name: 'NAMESPACE',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  provides: ['NAMESPACE'],
  prepare: noArguments(() => answer(okay('One namespace'), '* NAMESPACE (("" "/")) NIL NIL\r\n')),
};
