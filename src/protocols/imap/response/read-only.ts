import { refused } from './done.ts';
import type { Done } from './done.ts';

/** After EXAMINE nothing may change. */
export const readOnlyDone: Done = refused('The mailbox was opened to be read only', 'READ-ONLY');

/** RFC 9051 §9 seq-number: a number beyond the last message is the client's mistake. */
export const beyondLastDone: Done = { status: 'BAD', text: 'There is no message of this number' };

/** RFC 5530 §3 EXPUNGEISSUED. */
export const expungedDone: Done = {
  status: 'OK',
  code: 'EXPUNGEISSUED',
  text: 'Done, but some of the messages are gone',
};
