import { ok } from '#base/result.ts';
import { defaulted, optional } from '#config/key.ts';
import { integer } from '#config/kinds/integer.ts';
import { entryKey } from '#policy/local-lists/local-entry.ts';
import type { LocalListName } from '#policy/local-lists/local-entry.ts';
import { pageItemsMax } from '#store/contract/page.ts';
import type { AnyOperation } from '../operation.ts';
import { operation } from '../operation.ts';
import { pageKeys, showListing } from '../paging.ts';
import { showColumns } from '../show.ts';
import { localSubjectKind } from './local-subject.ts';
import { entryWords, listWords, showEntry } from './show-entry.ts';

function listEntries(list: LocalListName): AnyOperation {
  return operation({
    name: `${list}list list`,
    looksOnly: true,
    meaning: `The entries of the local ${listWords[list]}, the newest first: since when, until when and why.`,
    input: {
      entry: optional(localSubjectKind, { meaning: 'Only this one.' }),
      limit: defaulted(integer({ min: 1, max: pageItemsMax }), 100, pageKeys.limit),
      cursor: pageKeys.cursor,
    },
    async run(world, { entry, limit, cursor }) {
      const wanted = entry === undefined ? undefined : entryKey(list, entry);
      const entries = world.lists.local
        .list(list)
        .filter(({ subject }) => wanted === undefined || entryKey(list, subject) === wanted);
      const after =
        cursor === undefined ? 0 : entries.findIndex(({ subject }) => entryKey(list, subject) === cursor) + 1;
      const page = entries.slice(after, after + limit);
      const last = page.at(-1);
      const isLast = after + limit >= entries.length || last === undefined;
      return ok({ items: page.map(showEntry), next: isLast ? null : entryKey(list, last.subject) });
    },
    render: (found) =>
      showListing(
        found,
        `The ${listWords[list]} is empty.`,
        showColumns(found.items.map((row) => [row.entry, row.until ?? 'until removed', entryWords(row)])),
      ),
  });
}

export const blocklistList = listEntries('block');
export const allowlistList = listEntries('allow');
