import type { SearchQuery } from '#store/contract/messages.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { date } from '../grammar/dates.ts';
import { sequenceSet } from '../grammar/sequence-set.ts';
import { astring, atom, number64 } from '../grammar/strings.ts';
import type { SearchReading, SearchTerm } from './term.ts';

/** One `search-key` (RFC 9051 §6.4.4): reads what follows its name. */
export interface SearchKey {
  readonly name: string;
  readonly provides?: readonly string[];
  read(cursor: Cursor, reading: SearchReading): SearchTerm;
}

const all: SearchQuery = { kind: 'all' };
const none: SearchQuery = { kind: 'not', query: all };

function fixed(name: string, query: SearchQuery): SearchKey {
  return { name, read: () => () => query };
}

function flagKey(name: string, flag: string, set: boolean): SearchKey {
  return fixed(name, { kind: 'flag', flag, set });
}

function keywordKey(name: string, set: boolean): SearchKey {
  return {
    name,
    read: (cursor) => {
      cursor.space();
      const flag = atom(cursor, 'a keyword');
      return () => ({ kind: 'flag', flag, set });
    },
  };
}

type TextField = Extract<SearchQuery, { kind: 'text' }>['field'];

function textKey(field: TextField): SearchKey {
  return {
    name: field.toUpperCase(),
    read: (cursor, reading) => {
      cursor.space();
      const value = reading.decode(astring(cursor));
      // RFC 9051 §6.4.4: every message contains the empty string; an address or subject field need not be there.
      const query: SearchQuery =
        value === '' && (field === 'text' || field === 'body') ? all : { kind: 'text', field, value };
      return () => query;
    },
  };
}

type DateField = Extract<SearchQuery, { kind: 'date' }>['field'];

/** BEFORE, ON and SINCE of one date; times and zones are disregarded (RFC 9051 §6.4.4). */
function dateKeys(prefix: string, field: DateField): SearchKey[] {
  const key = (suffix: string, query: (day: { fromMs: number; untilMs: number }) => object): SearchKey => ({
    name: `${prefix}${suffix}`,
    read: (cursor) => {
      cursor.space();
      const range = query(date(cursor));
      return () => ({ kind: 'date', field, ...range });
    },
  });
  return [
    key('BEFORE', (day) => ({ untilMs: day.fromMs })),
    key('ON', (day) => day),
    key('SINCE', (day) => ({ fromMs: day.fromMs })),
  ];
}

function sizeKey(name: 'LARGER' | 'SMALLER'): SearchKey {
  return {
    name,
    read: (cursor) => {
      cursor.space();
      const size = number64(cursor, 'a size');
      return () => (name === 'LARGER' ? { kind: 'size', larger: size } : { kind: 'size', smaller: size });
    },
  };
}

const header: SearchKey = {
  name: 'HEADER',
  read: (cursor, reading) => {
    cursor.space();
    const name = astring(cursor, 'a field name');
    cursor.space();
    const value = reading.decode(astring(cursor));
    return () => ({ kind: 'header', name, value });
  },
};

const uid: SearchKey = {
  name: 'UID',
  read: (cursor) => {
    cursor.space();
    const set = sequenceSet(cursor);
    return (mailbox) => ({ kind: 'uids', ranges: mailbox.uidRanges(set) });
  },
};

const not: SearchKey = {
  name: 'NOT',
  read: (cursor, reading) => {
    cursor.space();
    const term = reading.key(cursor);
    return (mailbox) => ({ kind: 'not', query: term(mailbox) });
  },
};

const or: SearchKey = {
  name: 'OR',
  read: (cursor, reading) => {
    cursor.space();
    const first = reading.key(cursor);
    cursor.space();
    const second = reading.key(cursor);
    return (mailbox) => ({ kind: 'or', queries: [first(mailbox), second(mailbox)] });
  },
};

/** All keys but sequence sets and parentheses, which have no names. */
export const searchKeys: readonly SearchKey[] = [
  fixed('ALL', all),
  flagKey('ANSWERED', '\\Answered', true),
  flagKey('UNANSWERED', '\\Answered', false),
  flagKey('DELETED', '\\Deleted', true),
  flagKey('UNDELETED', '\\Deleted', false),
  flagKey('DRAFT', '\\Draft', true),
  flagKey('UNDRAFT', '\\Draft', false),
  flagKey('FLAGGED', '\\Flagged', true),
  flagKey('UNFLAGGED', '\\Flagged', false),
  flagKey('SEEN', '\\Seen', true),
  flagKey('UNSEEN', '\\Seen', false),
  keywordKey('KEYWORD', true),
  keywordKey('UNKEYWORD', false),
  // RFC 3501 only: no message is ever \Recent (standards/decisions.md), so all are old and none is new.
  fixed('NEW', none),
  fixed('RECENT', none),
  fixed('OLD', all),
  textKey('text'),
  textKey('body'),
  textKey('subject'),
  textKey('from'),
  textKey('to'),
  textKey('cc'),
  textKey('bcc'),
  header,
  ...dateKeys('', 'internal'),
  ...dateKeys('SENT', 'sent'),
  sizeKey('LARGER'),
  sizeKey('SMALLER'),
  uid,
  not,
  or,
];
