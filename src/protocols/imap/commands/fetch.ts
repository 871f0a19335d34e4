import { answer } from '../command.ts';
import type { SelectedCommand } from '../command.ts';
import { fetchItem, fetchMacro, uidPart } from '../fetch/items.ts';
import type { FetchPart } from '../fetch/item.ts';
import { fetchMessages } from '../fetch/run.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { sequenceSet } from '../grammar/sequence-set.ts';
import { list } from '../grammar/strings.ts';
import { fetchItemsMax } from '../limits.ts';
import { beyondLastDone } from '../response/read-only.ts';

function fetching(name: 'FETCH' | 'UID FETCH'): SelectedCommand {
  const byUid = name === 'UID FETCH';
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
      const parts = withUid(fetchParts(cursor), byUid);
      cursor.end();
      return (world) => {
        const selection = byUid ? world.selected.byUid(set) : world.selected.bySequence(set);
        if (selection === undefined) return answer(beyondLastDone);
        return { kind: 'stream', stream: fetchMessages(world, { selection, parts, byUid }) };
      };
    },
  };
}

/** RFC 9051 §6.4.5. */
export const fetch = fetching('FETCH');
/** RFC 9051 §6.4.9. */
export const uidFetch = fetching('UID FETCH');

function fetchParts(cursor: Cursor): readonly FetchPart[] {
  if (cursor.peek() === '(')
    return list(cursor, { max: fetchItemsMax, what: 'a list of fetch items' }, fetchItem);
  return fetchMacro(cursor) ?? [fetchItem(cursor)];
}

/** RFC 9051 §6.4.9: a UID FETCH tells the UID whether it was asked for or not. */
function withUid(parts: readonly FetchPart[], byUid: boolean): readonly FetchPart[] {
  return !byUid || parts.some((part) => part.tellsUid) ? parts : [uidPart, ...parts];
}
