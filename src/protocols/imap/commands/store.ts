import type { FlagChange } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Selection } from '#store/view-reader.ts';
import { answer } from '../command.ts';
import type { Answer, SelectedCommand } from '../command.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { storeFlags } from '../grammar/flags.ts';
import { sequenceSet } from '../grammar/sequence-set.ts';
import { storePageMessages } from '../limits.ts';
import { okay } from '../response/done.ts';
import { beyondLastDone, expungedDone, readOnlyDone } from '../response/read-only.ts';
import { takeKeywordNews } from '../response/news.ts';
import { troubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';

function storing(name: 'STORE' | 'UID STORE'): SelectedCommand {
  const byUid = name === 'UID STORE';
  return {
    name,
    states: 'selected',
    usesSequenceNumbers: !byUid,
    mayReportExpunge: byUid,
    breaksPipeline: false,
    prepare: (cursor) => {
      cursor.space();
      const set = sequenceSet(cursor);
      cursor.space();
      const asked = storeAttributes(cursor);
      cursor.end();
      return (world) => {
        if (world.selected.readOnly) return answer(readOnlyDone);
        const selection = byUid ? world.selected.byUid(set) : world.selected.bySequence(set);
        return selection === undefined
          ? answer(beyondLastDone)
          : change(world, selection, { ...asked, byUid });
      };
    },
  };
}

/** RFC 9051 §6.4.6. */
export const store = storing('STORE');
/** RFC 9051 §6.4.9. */
export const uidStore = storing('UID STORE');

interface Asked {
  readonly change: FlagChange;
  readonly silent: boolean;
}

/** `store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))`. */
function storeAttributes(cursor: Cursor): Asked {
  const mode = cursor.skip('+') ? 'add' : cursor.skip('-') ? 'remove' : 'replace';
  cursor.expect('FLAGS', 'FLAGS, +FLAGS or -FLAGS');
  const silent = cursor.skip('.SILENT');
  cursor.space();
  return { change: { mode, flags: storeFlags(cursor) }, silent };
}

async function change(
  world: SelectedWorld,
  selection: Selection,
  asked: Asked & { readonly byUid: boolean },
): Promise<Answer> {
  const trouble = await changePages(world, selection, asked.change);
  const data = asked.silent ? '' : newFlags(world, selection, asked.byUid);
  if (trouble !== undefined) return answer(troubleDone(trouble), data);
  const { view } = world.selected;
  const missing = !asked.byUid && selection.uids.some((uid) => view.indexOf(uid) < 0);
  return answer(missing ? expungedDone : okay('Stored'), data);
}

/** The changes are known to this session; that others hear of them is the view's business. */
async function changePages(
  world: SelectedWorld,
  selection: Selection,
  change: FlagChange,
): Promise<Trouble | undefined> {
  const { store, account, selected } = world;
  let isSettled = true;
  for (let at = 0; at < selection.uids.length; at += storePageMessages) {
    const uids = [...selection.uids.subarray(at, at + storePageMessages)];
    const changed = await store.messages.flags(account, selected.id, uids, change);
    if (!changed.ok) return changed.error;
    for (const { uid, modseq } of changed.value.changed) selected.reader.tellOwn(uid, modseq);
    isSettled = selected.view.settleOwn(changed.value.changed) && isSettled;
  }
  if (isSettled) return undefined;
  const refreshed = await selected.view.refresh();
  return refreshed.ok ? undefined : refreshed.error;
}

function newFlags(world: SelectedWorld, selection: Selection, byUid: boolean): string {
  const { view } = world.selected;
  const lines = [takeKeywordNews(world.selected)];
  selection.uids.forEach((uid, i) => {
    const index = view.indexOf(uid);
    if (index < 0) return;
    const uidItem = byUid ? `UID ${uid} ` : '';
    lines.push(
      `* ${selection.sequences[i]} FETCH (${uidItem}FLAGS (${view.flagText(view.flags[index] ?? 0)}))\r\n`,
    );
  });
  return lines.join('');
}
