import type { Selection } from '#store/view-reader.ts';
import { answer } from '../command.ts';
import type { Answer, SelectedCommand } from '../command.ts';
import { findMailbox } from '../find-mailbox.ts';
import { copyUidCode } from '../response/copy-uid.ts';
import { okay } from '../response/done.ts';
import { targetTroubleDone } from '../response/trouble.ts';
import { prepareToMailbox } from '../to-mailbox.ts';
import type { SelectedWorld } from '../world.ts';

function copying(name: 'COPY' | 'UID COPY'): SelectedCommand {
  const byUid = name === 'UID COPY';
  return {
    name,
    states: 'selected',
    usesSequenceNumbers: !byUid,
    mayReportExpunge: byUid,
    breaksPipeline: false,
    provides: ['UIDPLUS'],
    prepare: prepareToMailbox({ byUid, changesSelected: false, act: copyTo }),
  };
}

/** RFC 9051 §6.4.7: all or nothing. */
export const copy = copying('COPY');
/** RFC 9051 §6.4.9. */
export const uidCopy = copying('UID COPY');

async function copyTo(world: SelectedWorld, selection: Selection, target: string): Promise<Answer> {
  const record = await findMailbox(world, target);
  if (!record.ok) return answer(targetTroubleDone(record.error));
  if (selection.uids.length === 0) return answer(okay('Nothing to copy'));
  const { store, account, selected } = world;
  const copied = await store.messages.copy(account, selected.id, [...selection.uids], record.value.id);
  if (!copied.ok) return answer(targetTroubleDone(copied.error));
  return answer(okay('Copied', copyUidCode(copied.value)));
}
