import { foldForSearch } from '#mail/fold-search.ts';
import type { SearchQuery } from './contract/messages.ts';

/** Texts of one message or of many, looked at together: may one of them hold this folded text? */
export interface TextPool {
  /** Header fields as lines `name:value`. */
  head(folded: string): boolean;
  body(folded: string): boolean;
}

/** `false` only where no message whose text lies in the pool can match: the others need a closer look. */
export type SearchSieve = (pool: TextPool) => boolean;

/** What a query must find in the text of a message, made ready for many pools. */
export function searchSieve(query: SearchQuery): SearchSieve {
  switch (query.kind) {
    case 'and': {
      const parts = query.queries.toSorted((a, b) => openings(a) - openings(b)).map(searchSieve);
      return (pool) => parts.every((part) => part(pool));
    }
    case 'or': {
      const parts = query.queries.toSorted((a, b) => openings(a) - openings(b)).map(searchSieve);
      return (pool) => parts.some((part) => part(pool));
    }
    case 'text':
      return textSieve(query.field, foldForSearch(query.value));
    case 'header': {
      const [name, value] = [`${query.name.toLowerCase()}:`, foldForSearch(query.value)];
      return (pool) => pool.head(name) && pool.head(value);
    }
    default:
      // What a text does not hold may be just what is looked for, and of the rest texts say nothing.
      return () => true;
  }
}

type TextField = Extract<SearchQuery, { kind: 'text' }>['field'];

function textSieve(field: TextField, value: string): SearchSieve {
  if (field === 'body') return (pool) => pool.body(value);
  if (field !== 'text') return (pool) => pool.head(`${field}:`) && pool.head(value);
  // A search in all text sees `name: value`, with a space that the lines do not have.
  if (value.includes(':') || value.startsWith(' ')) return () => true;
  return (pool) => pool.head(value) || pool.body(value);
}

/** 1 where bodies may have to be opened: heads are looked at first. */
function openings(query: SearchQuery): number {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.queries.reduce((most, part) => Math.max(most, openings(part)), 0);
    case 'text':
      return query.field === 'body' || query.field === 'text' ? 1 : 0;
    default:
      return 0;
  }
}
