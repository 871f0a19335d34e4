import type { Selection } from '#store/view-reader.ts';
import { answer } from './command.ts';
import type { Answer, SelectedCommand } from './command.ts';
import { sequenceSet } from './grammar/sequence-set.ts';
import { astring } from './grammar/strings.ts';
import { beyondLastDone, readOnlyDone } from './response/read-only.ts';
import type { SelectedWorld } from './world.ts';

export interface ToMailbox {
  readonly byUid: boolean;
  /** MOVE takes messages away, so that a mailbox opened by EXAMINE refuses it. */
  readonly changesSelected: boolean;
  /** `target` as the client spelled it. */
  readonly act: (world: SelectedWorld, selection: Selection, target: string) => Promise<Answer>;
}

/** Reads messages and a mailbox: `copy = "COPY" SP sequence-set SP mailbox` (RFC 9051 §9), and MOVE alike. */
export function prepareToMailbox({ byUid, changesSelected, act }: ToMailbox): SelectedCommand['prepare'] {
  return (cursor) => {
    cursor.space();
    const set = sequenceSet(cursor);
    cursor.space();
    const target = astring(cursor, 'a mailbox name');
    cursor.end();
    return (world) => {
      if (changesSelected && world.selected.readOnly) return answer(readOnlyDone);
      const selection = byUid ? world.selected.byUid(set) : world.selected.bySequence(set);
      return selection === undefined ? answer(beyondLastDone) : act(world, selection, target);
    };
  };
}
