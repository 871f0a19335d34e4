import type { SpecialUse } from '#store/contract/messages.ts';
import { answer } from '../command.ts';
import type { AccountCommand, Answer } from '../command.ts';
import { mailboxName } from '../find-mailbox.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { atom, astring, list } from '../grammar/strings.ts';
import { okay, refused } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';
import type { AccountWorld } from '../world.ts';

/** Uses that a mailbox may be given (RFC 6154 §2); \All and \Flagged would be views, which there are none of. */
const uses: readonly SpecialUse[] = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash'];

/** RFC 9051 §6.3.4, with the USE of CREATE-SPECIAL-USE (RFC 6154 §3). */
export const create: AccountCommand = {
  name: 'CREATE',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  provides: ['CREATE-SPECIAL-USE'],
  prepare: (cursor) => {
    cursor.space();
    const wire = astring(cursor, 'a mailbox name');
    const wanted = cursor.skip(' ') ? useParameter(cursor) : [];
    cursor.end();
    return (world) => make(world, wire, wanted);
  },
};

/** `"(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"`. */
function useParameter(cursor: Cursor): string[] {
  cursor.expect('(USE ', 'USE in parentheses');
  const wanted = list(cursor, { max: 8, empty: true, what: 'a list of uses' }, (cursor) => {
    cursor.expect('\\');
    return `\\${atom(cursor, 'a use').toLowerCase()}`;
  });
  cursor.expect(')');
  return wanted;
}

async function make(world: AccountWorld, wire: string, wanted: readonly string[]): Promise<Answer> {
  // RFC 9051 §6.3.4: a final separator only says that more will be made below.
  const name = mailboxName(world, wire.replace(/\/$/, ''));
  if (!name.ok) return answer(troubleDone(name.error));
  const use = uses.find((use) => use.toLowerCase() === wanted[0]);
  if (wanted.length > 1 || (wanted.length === 1 && use === undefined)) {
    return answer(
      refused('A mailbox has one use of \\Archive, \\Drafts, \\Junk, \\Sent and \\Trash', 'USEATTR'),
    );
  }
  const made = await world.store.mailboxes.create(world.account, name.value, use);
  if (made.ok) return answer(okay('Created'));
  // RFC 6154 §3: a use that another mailbox has is not given twice.
  if (made.error.code === 'exists' && use !== undefined && made.error.what === 'special-use') {
    return answer(refused('Another mailbox has this use', 'USEATTR'));
  }
  return answer(troubleDone(made.error));
}
