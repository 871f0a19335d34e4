import type { Selection } from '#store/view-reader.ts';
import { answer } from '../command.ts';
import type { Answer } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { messageCommands, onMessages } from '../message-command.ts';
import { copyUidCode } from '../response/copy-uid.ts';
import { okay } from '../response/done.ts';
import { targetTroubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';

const forms = messageCommands({
  name: 'COPY',
  provides: ['UIDPLUS'],
  prepare: onMessages({
    changesSelected: false,
    read: (cursor) => astring(cursor, 'a mailbox name'),
    act: copyTo,
  }),
});
/** RFC 9051 §6.4.7: all or nothing. */
export const copy = forms.byNumber;
/** RFC 9051 §6.4.9. */
export const uidCopy = forms.byUid;

async function copyTo(
  world: SelectedWorld,
  selection: Selection,
  { what: target }: { readonly what: string },
): Promise<Answer> {
  const record = await findMailbox(world, target);
  if (!record.ok) return answer(targetTroubleDone(record.error));
  if (selection.uids.length === 0) return answer(okay('Nothing to copy'));
  const { store, account, selected } = world;
  const copied = await store.messages.copy(account, selected.id, [...selection.uids], record.value.id);
  if (!copied.ok) return answer(targetTroubleDone(copied.error));
  return answer(okay('Copied', copyUidCode(copied.value)));
}
