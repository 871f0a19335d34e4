import { fetchItem, fetchMacro, uidPart } from '../fetch/items.ts';
import type { FetchPart } from '../fetch/item.ts';
import { fetchMessages } from '../fetch/run.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { list } from '../grammar/strings.ts';
import { fetchItemsMax } from '../limits.ts';
import { messageCommands, onMessages } from '../message-command.ts';

const forms = messageCommands({
  name: 'FETCH',
  prepare: onMessages({
    changesSelected: false,
    read: fetchParts,
    act: (world, selection, { what, byUid }) => ({
      kind: 'stream',
      stream: fetchMessages(world, { selection, parts: withUid(what, byUid), byUid }),
    }),
  }),
});
/** RFC 9051 §6.4.5. */
export const fetch = forms.byNumber;
/** RFC 9051 §6.4.9. */
export const uidFetch = forms.byUid;

function fetchParts(cursor: Cursor): readonly FetchPart[] {
  if (cursor.peek() === '(')
    return list(cursor, { max: fetchItemsMax, what: 'a list of fetch items' }, fetchItem);
  return fetchMacro(cursor) ?? [fetchItem(cursor)];
}

/** RFC 9051 §6.4.9: a UID FETCH tells the UID whether it was asked for or not. */
function withUid(parts: readonly FetchPart[], byUid: boolean): readonly FetchPart[] {
  return !byUid || parts.some((part) => part.tellsUid) ? parts : [uidPart, ...parts];
}
