import type { SearchQuery } from '#store/contract/messages.ts';
import { SyntaxProblem } from '../grammar/cursor.ts';
import type { Cursor } from '../grammar/cursor.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';

/** A search key that has been read; what sequence numbers and `$` mean it learns from the mailbox. */
export type SearchTerm = (mailbox: SelectedMailbox) => SearchQuery;

/** Bounds and charset of one SEARCH command while it is read. */
export interface SearchReading {
  /** Text of the command's charset, from bytes. */
  decode(wire: string): string;
  /** Reads one more key, one level deeper. */
  key(cursor: Cursor): SearchTerm;
}

/** The charset of a SEARCH is one that cannot be read: NO with BADCHARSET rather than BAD. */
export class BadCharset extends SyntaxProblem {}
