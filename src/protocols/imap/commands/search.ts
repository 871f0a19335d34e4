import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { answer } from '../command.ts';
import type { Answer } from '../command.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { messageCommands } from '../message-command.ts';
import { okay, refused } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';
import { searchCharsets } from '../search/charset.ts';
import { searchProgram } from '../search/program.ts';
import { returnOptions, searchReturnOptions } from '../search/return-options.ts';
import type { SearchReturnOption } from '../search/return-options.ts';
import { BadCharset } from '../search/term.ts';
import type { SearchTerm } from '../search/term.ts';
import { searchView } from '../search/view-search.ts';
import type { SelectedWorld } from '../world.ts';

const forms = messageCommands({
  name: 'SEARCH',
  prepare: (cursor, byUid) => {
    cursor.space();
    const returns = returnOptions(cursor);
    const term = readable(cursor);
    if (term === undefined) return () => answer(badCharset);
    return (world, tag) => run(world, { term, returns, byUid, tag });
  },
});
/** RFC 9051 §6.4.4, ESEARCH and SEARCHRES included. */
export const search = forms.byNumber;
/** RFC 9051 §6.4.9. */
export const uidSearch = forms.byUid;

const badCharset = refused(
  'Search strings are read in these charsets',
  `BADCHARSET (${searchCharsets.join(' ')})`,
);

function readable(cursor: Cursor): SearchTerm | undefined {
  try {
    return searchProgram(cursor);
  } catch (problem) {
    if (problem instanceof BadCharset) return undefined;
    throw problem;
  }
}

interface Search {
  readonly term: SearchTerm;
  readonly returns: readonly SearchReturnOption[] | undefined;
  readonly byUid: boolean;
  readonly tag: string;
}

async function run(world: SelectedWorld, search: Search): Promise<Answer> {
  const saves = search.returns?.some((option) => option.name === 'SAVE') ?? false;
  const found = await find(world, search.term);
  if (!found.ok) {
    // RFC 9051 §6.4.4.1: a failed search leaves `$` empty.
    if (saves) world.selected.saved = [];
    return answer(troubleDone(found.error));
  }
  if (saves) world.selected.saved = savedPart(found.value, search.returns ?? []);
  return answer(okay('Searched'), format(world, search, found.value));
}

async function find(world: SelectedWorld, term: SearchTerm): Promise<Result<Uint32Array, Trouble>> {
  const { selected } = world;
  const query = term(selected);
  const here = searchView(selected.view, query);
  const found =
    here === undefined ? await world.store.messages.search(world.account, selected.id, query) : ok(here);
  if (!found.ok) return found;
  // A message that came in meanwhile has no number yet.
  return ok(found.value.filter((uid) => selected.reader.knows(uid)));
}

/** RFC 9051 §6.4.4.1: with MIN or MAX and neither ALL nor COUNT only these are kept. */
function savedPart(uids: Uint32Array, returns: readonly SearchReturnOption[]): number[] {
  const names = new Set(returns.map((option) => option.name));
  const ends = names.has('MIN') || names.has('MAX');
  if (!ends || names.has('ALL') || names.has('COUNT') || uids.length === 0) return [...uids];
  const kept = new Set<number>();
  if (names.has('MIN')) kept.add(uids[0] ?? 0);
  if (names.has('MAX')) kept.add(uids.at(-1) ?? 0);
  return [...kept];
}

function format(world: SelectedWorld, search: Search, uids: Uint32Array): string {
  const numbers = search.byUid ? uids : sequencesOf(world, uids);
  // RFC 9051 §6.4.4: once rev2 is enabled the plain SEARCH response is no longer used.
  const returns =
    search.returns ??
    (world.rev2 ? searchReturnOptions.filter((option) => option.name === 'ALL') : undefined);
  if (returns === undefined) return `* SEARCH${numbers.length === 0 ? '' : ' '}${numbers.join(' ')}\r\n`;
  if (returns.every((option) => option.name === 'SAVE')) return '';
  const told = returns.map((option) => option.format(numbers)).filter((text) => text !== undefined);
  const pieces = [`* ESEARCH (TAG "${search.tag}")`, ...(search.byUid ? ['UID'] : []), ...told];
  return `${pieces.join(' ')}\r\n`;
}

/** Both are ascending, so one walk finds all numbers. */
function sequencesOf(world: SelectedWorld, uids: Uint32Array): Uint32Array {
  const all = world.selected.reader.uids();
  let index = 0;
  return uids.map((uid) => {
    while (index < all.length && (all[index] ?? 0) < uid) index += 1;
    return index + 1;
  });
}
