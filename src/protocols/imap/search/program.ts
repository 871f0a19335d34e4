import type { Cursor } from '../grammar/cursor.ts';
import { SyntaxProblem } from '../grammar/cursor.ts';
import { runsOf, sequenceSet } from '../grammar/sequence-set.ts';
import { astring, isAtomCharacter, isDigit } from '../grammar/strings.ts';
import { searchDepthMax, searchKeysMax } from '../limits.ts';
import { searchDecoder } from './charset.ts';
import { searchKeys } from './keys.ts';
import type { SearchReading, SearchTerm } from './term.ts';

const byName = new Map(searchKeys.map((key) => [key.name, key]));

/** `search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)` (RFC 9051 §9). */
export function searchProgram(cursor: Cursor): SearchTerm {
  const reading = new Reading(charset(cursor));
  const term = reading.conjunction(cursor);
  cursor.end();
  return term;
}

function charset(cursor: Cursor): (wire: string) => string {
  if (!cursor.skip('CHARSET ')) return searchDecoder('UTF-8');
  const decode = searchDecoder(astring(cursor, 'a charset'));
  cursor.space();
  return decode;
}

/** Counts keys and depth while a program is read (S-09). */
class Reading implements SearchReading {
  readonly decode: (wire: string) => string;
  #depth = 0;
  #keys = 0;

  constructor(decode: (wire: string) => string) {
    this.decode = decode;
  }

  /** Keys side by side must all hold. */
  conjunction(cursor: Cursor): SearchTerm {
    const terms = [this.key(cursor)];
    while (cursor.skip(' ')) terms.push(this.key(cursor));
    if (terms.length === 1 && terms[0] !== undefined) return terms[0];
    return (mailbox) => ({ kind: 'and', queries: terms.map((term) => term(mailbox)) });
  }

  key(cursor: Cursor): SearchTerm {
    this.#depth += 1;
    this.#keys += 1;
    if (this.#depth > searchDepthMax)
      throw new SyntaxProblem(`Search keys may be nested ${searchDepthMax} deep`);
    if (this.#keys > searchKeysMax) throw new SyntaxProblem(`A search may have ${searchKeysMax} keys`);
    const term = this.#unbounded(cursor);
    this.#depth -= 1;
    return term;
  }

  #unbounded(cursor: Cursor): SearchTerm {
    if (cursor.skip('(')) {
      const term = this.conjunction(cursor);
      cursor.expect(')');
      return term;
    }
    const ahead = cursor.peek();
    if (ahead === '*' || ahead === '$' || isDigit(ahead.charCodeAt(0))) return sequenceTerm(cursor);
    const start = cursor.at;
    const key = byName.get(cursor.run(isAtomCharacter).toUpperCase());
    if (key !== undefined) return key.read(cursor, this);
    cursor.at = start;
    return cursor.fail('a search key');
  }
}

/** Numbers beyond the last message match nothing here: a search asks, it does not touch. */
function sequenceTerm(cursor: Cursor): SearchTerm {
  const set = sequenceSet(cursor);
  return (mailbox) => {
    if (set.kind === 'saved') return { kind: 'uids', ranges: mailbox.uidRanges(set) };
    const { reader } = mailbox;
    const selection = reader.bySequence(mailbox.sequenceRanges(set));
    return { kind: 'uids', ranges: runsOf(selection.uids) };
  };
}
