import type { Selection } from '#store/view-reader.ts';
import { answer } from '../command.ts';
import type { Answer } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { messageCommands, onMessages } from '../message-command.ts';
import { copyUidCode } from '../response/copy-uid.ts';
import { formatDone, okay } from '../response/done.ts';
import { targetTroubleDone, troubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';

const forms = messageCommands({
  name: 'MOVE',
  provides: ['MOVE'],
  // RFC 9051 §6.4.8: the EXPUNGE responses are its result.
  expunges: true,
  prepare: onMessages({
    changesSelected: true,
    read: (cursor) => astring(cursor, 'a mailbox name'),
    act: moveTo,
  }),
});
/** RFC 9051 §6.4.8. */
export const move = forms.byNumber;
/** RFC 9051 §6.4.9. */
export const uidMove = forms.byUid;

async function moveTo(
  world: SelectedWorld,
  selection: Selection,
  { what: target }: { readonly what: string },
): Promise<Answer> {
  const record = await findMailbox(world, target);
  if (!record.ok) return answer(targetTroubleDone(record.error));
  if (selection.uids.length === 0) return answer(okay('Nothing to move'));
  const { store, account, selected } = world;
  const moved = await store.messages.move(account, selected.id, [...selection.uids], record.value.id);
  if (!moved.ok) return answer(targetTroubleDone(moved.error));
  const code = copyUidCode(moved.value);
  // The client learns the new UIDs before the old ones go (RFC 9051 §6.4.8).
  const data = code === undefined ? '' : formatDone('*', okay('Moved', code));
  const refreshed = await selected.view.refresh();
  return answer(refreshed.ok ? okay('Moved') : troubleDone(refreshed.error), data);
}
