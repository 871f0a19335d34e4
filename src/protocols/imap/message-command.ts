import type { Awaitable } from '#base/result.ts';
import type { Selection } from '#store/view-reader.ts';
import { answer } from './command.ts';
import type { Action, Answer, SelectedCommand } from './command.ts';
import type { Cursor } from './grammar/cursor.ts';
import { sequenceSet } from './grammar/sequence-set.ts';
import { beyondLastDone, readOnlyDone } from './response/read-only.ts';
import type { SelectedWorld } from './world.ts';

/** A command on messages of the selected mailbox, in both of its forms. */
export interface MessageCommand {
  readonly name: string;
  readonly provides?: readonly string[];
  /** Its result is told by EXPUNGE (MOVE): it may report them by number too, and what follows has to wait. */
  readonly expunges?: boolean;
  /** As in a row of the command table, for the one form or the other. */
  prepare(cursor: Cursor, byUid: boolean): Action<SelectedWorld>;
}

/** The two rows of the command table: numbers may not change while numbers are in use (RFC 9051 §7.5.1). */
export function messageCommands(command: MessageCommand): {
  readonly byNumber: SelectedCommand;
  readonly byUid: SelectedCommand;
} {
  const { name, provides = [], expunges = false } = command;
  const row = (byUid: boolean): SelectedCommand => ({
    name: byUid ? `UID ${name}` : name,
    states: 'selected',
    usesSequenceNumbers: !byUid,
    mayReportExpunge: byUid || expunges,
    breaksPipeline: expunges,
    provides,
    prepare: (cursor) => command.prepare(cursor, byUid),
  });
  return { byNumber: row(false), byUid: row(true) };
}

/** What a command does with the messages that its sequence set names. */
export interface OnMessages<Asked> {
  /** A mailbox opened by EXAMINE refuses it. */
  readonly changesSelected: boolean;
  /** Reads what follows the set. */
  readonly read: (cursor: Cursor) => Asked;
  readonly act: (
    world: SelectedWorld,
    selection: Selection,
    asked: { readonly what: Asked; readonly byUid: boolean },
  ) => Awaitable<Answer>;
}

/** `SP sequence-set SP …` (RFC 9051 §9): FETCH, STORE, COPY and MOVE. */
export function onMessages<Asked>({
  changesSelected,
  read,
  act,
}: OnMessages<Asked>): MessageCommand['prepare'] {
  return (cursor, byUid) => {
    cursor.space();
    const set = sequenceSet(cursor);
    cursor.space();
    const what = read(cursor);
    cursor.end();
    return (world) => {
      if (changesSelected && world.selected.readOnly) return answer(readOnlyDone);
      const selection = byUid ? world.selected.byUid(set) : world.selected.bySequence(set);
      return selection === undefined ? answer(beyondLastDone) : act(world, selection, { what, byUid });
    };
  };
}
