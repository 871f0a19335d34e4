import type { FlagChange } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Selection } from '#store/view-reader.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { storeFlags } from '../grammar/flags.ts';
import { storePageMessages } from '../limits.ts';
import { messageCommands, onMessages } from '../message-command.ts';
import { okay } from '../response/done.ts';
import type { Done } from '../response/done.ts';
import { OutputWriter } from '../response/output-writer.ts';
import { expungedDone } from '../response/read-only.ts';
import { takeKeywordNews } from '../response/news.ts';
import { troubleDone } from '../response/trouble.ts';
import type { SelectedWorld } from '../world.ts';

const forms = messageCommands({
  name: 'STORE',
  prepare: onMessages({
    changesSelected: true,
    read: storeAttributes,
    act: (world, selection, { what, byUid }) => ({
      kind: 'stream',
      stream: change(world, selection, { ...what, byUid }),
    }),
  }),
});
/** RFC 9051 §6.4.6. */
export const store = forms.byNumber;
/** RFC 9051 §6.4.9. */
export const uidStore = forms.byUid;

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

/** Page by page: each is one durable change, and its responses are sent before the next (S-09). */
async function* change(
  world: SelectedWorld,
  selection: Selection,
  asked: Asked & { readonly byUid: boolean },
): AsyncGenerator<Uint8Array, Done> {
  const out = new OutputWriter();
  let missing = false;
  for (let at = 0; at < selection.uids.length; at += storePageMessages) {
    const page = pageOf(selection, at);
    const trouble = await changePage(world, page, asked.change);
    if (trouble !== undefined) return troubleDone(trouble);
    missing = tellPage(world, page, { ...asked, out }) || missing;
    yield* out.take(false);
  }
  yield* out.take(true);
  return missing && !asked.byUid ? expungedDone : okay('Stored');
}

function pageOf({ sequences, uids }: Selection, at: number): Selection {
  const end = at + storePageMessages;
  return { sequences: sequences.subarray(at, end), uids: uids.subarray(at, end) };
}

/** The changes are known to this session; that others hear of them is the view's business. */
async function changePage(
  world: SelectedWorld,
  page: Selection,
  change: FlagChange,
): Promise<Trouble | undefined> {
  const { store, account, selected } = world;
  const changed = await store.messages.flags(account, selected.id, [...page.uids], change);
  if (!changed.ok) return changed.error;
  for (const { uid, modseq } of changed.value.changed) selected.reader.tellOwn(uid, modseq);
  if (selected.view.settleOwn(changed.value.changed)) return undefined;
  const refreshed = await selected.view.refresh();
  return refreshed.ok ? undefined : refreshed.error;
}

/** Returns whether messages of the page are gone. */
function tellPage(
  world: SelectedWorld,
  page: Selection,
  asked: { readonly silent: boolean; readonly byUid: boolean; readonly out: OutputWriter },
): boolean {
  const { view } = world.selected;
  let missing = false;
  if (!asked.silent) asked.out.text(takeKeywordNews(world.selected));
  for (const [i, uid] of page.uids.entries()) {
    const index = view.indexOf(uid);
    if (index < 0) missing = true;
    else if (!asked.silent) {
      const uidItem = asked.byUid ? `UID ${uid} ` : '';
      const flags = view.flagText(view.flags[index] ?? 0);
      asked.out.text(`* ${page.sequences[i]} FETCH (${uidItem}FLAGS (${flags}))\r\n`);
    }
  }
  return missing;
}
