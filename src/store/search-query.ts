import { unreachable } from '#base/result.ts';
import { parseWrittenDay } from '#mail/date.ts';
import { foldForSearch } from '#mail/fold-search.ts';
import type { MessageSummary } from '#mail/summary.ts';
import { keywordBit } from './flags.ts';
import { systemFlags } from './contract/messages.ts';
import type { SearchQuery } from './contract/messages.ts';

/** Decoded, folded (`foldForSearch`) text of one message; what a sealed search segment holds (STORAGE §5). */
export interface SearchText {
  /** Header fields in order; names in lower case, values decoded, unfolded and folded for search. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** A cheap look before the fields are taken apart: `false` when none can hold this folded text. */
  readonly mayHold?: (value: string) => boolean;
}

/** What a query may ask of a message; text and the Date field are fetched only if it does. */
export interface SearchCandidate {
  readonly uid: number;
  readonly modseq: number;
  readonly flags: number;
  readonly sizeBytes: number;
  readonly internalDateMs: number;
  readonly savedAtMs: number;
  readonly summary: () => MessageSummary;
  readonly text: () => SearchText;
}

/** Nesting that every backend takes (S-09). */
export const searchDepthMax = 50;

/** Evaluates cheap parts of `and` and `or` first, whatever their order. */
export function matches(query: SearchQuery, message: SearchCandidate, keywords: readonly string[]): boolean {
  return matcher(query, keywords)(message);
}

export type Matcher = (message: SearchCandidate) => boolean;

/** The query made ready for many messages: what does not depend on the message is worked out once. */
export function matcher(query: SearchQuery, keywords: readonly string[]): Matcher {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = cheapFirst(query.queries).map((part) => matcher(part, keywords));
      return (message) => parts.every((part) => part(message));
    }
    case 'or': {
      const parts = cheapFirst(query.queries).map((part) => matcher(part, keywords));
      return (message) => parts.some((part) => part(message));
    }
    case 'not': {
      const part = matcher(query.query, keywords);
      return (message) => !part(message);
    }
    case 'uids':
      return ({ uid }) => query.ranges.some(([first, last]) => uid >= first && uid <= last);
    case 'flag': {
      const bit = flagBit(query.flag, keywords);
      return ({ flags }) => ((flags & bit) !== 0) === query.set;
    }
    case 'size':
      return (message) => matchesSize(query, message.sizeBytes);
    case 'date':
      return (message) => matchesDate(query, message);
    case 'modseq':
      return ({ modseq }) => modseq >= query.from;
    case 'text': {
      const value = foldForSearch(query.value);
      return (message) => matchesText(query.field, value, message.text());
    }
    case 'header': {
      const [name, value] = [query.name.toLowerCase(), foldForSearch(query.value)];
      return (message) => matchesHeader(message.text(), name, value);
    }
    default:
      return unreachable(query);
  }
}

function matchesSize(
  { larger, smaller }: Extract<SearchQuery, { kind: 'size' }>,
  sizeBytes: number,
): boolean {
  return (larger === undefined || sizeBytes > larger) && (smaller === undefined || sizeBytes < smaller);
}

/** Does the query read message text? Without it, rows suffice. */
export function needsText(query: SearchQuery): boolean {
  return cost(query) === 2;
}

/** Does the query read summaries (the Date field)? */
export function needsSummary(query: SearchQuery): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.queries.some(needsSummary);
    case 'not':
      return needsSummary(query.query);
    default:
      return query.kind === 'date' && query.field === 'sent';
  }
}

export function searchDepth(query: SearchQuery): number {
  switch (query.kind) {
    case 'and':
    case 'or':
      return 1 + query.queries.reduce((deepest, part) => Math.max(deepest, searchDepth(part)), 0);
    case 'not':
      return 1 + searchDepth(query.query);
    default:
      return 1;
  }
}

/** 0: rows suffice; 1: the summary; 2: the text. */
function cost(query: SearchQuery): number {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.queries.reduce((most, part) => Math.max(most, cost(part)), 0);
    case 'not':
      return cost(query.query);
    case 'text':
    case 'header':
      return 2;
    case 'date':
      return query.field === 'sent' ? 1 : 0;
    default:
      return 0;
  }
}

function cheapFirst(queries: readonly SearchQuery[]): readonly SearchQuery[] {
  return queries.toSorted((a, b) => cost(a) - cost(b));
}

function flagBit(flag: string, keywords: readonly string[]): number {
  const folded = flag.toLowerCase();
  for (const [name, bit] of Object.entries(systemFlags)) if (name.toLowerCase() === folded) return bit;
  return keywordBit(keywords, flag);
}

/** A message without a readable Date field is on no sent date. */
function matchesDate(query: Extract<SearchQuery, { kind: 'date' }>, message: SearchCandidate): boolean {
  const ms = dateOf(query.field, message);
  if (ms === undefined) return false;
  return (
    (query.fromMs === undefined || ms >= query.fromMs) && (query.untilMs === undefined || ms < query.untilMs)
  );
}

/** RFC 9051 §6.4.4: the day that stands in the Date field, its time and zone disregarded. */
function sentDay({ date, dateMs }: MessageSummary['envelope']): number | undefined {
  return date === undefined ? dateMs : parseWrittenDay(date);
}

function dateOf(field: 'internal' | 'sent' | 'saved', message: SearchCandidate): number | undefined {
  switch (field) {
    case 'internal':
      return message.internalDateMs;
    case 'saved':
      return message.savedAtMs;
    case 'sent':
      return sentDay(message.summary().envelope);
    default:
      return unreachable(field);
  }
}

type TextField = Extract<SearchQuery, { kind: 'text' }>['field'];

function matchesText(field: TextField, value: string, text: SearchText): boolean {
  switch (field) {
    case 'body':
      return text.body.includes(value);
    case 'text':
      return (
        text.body.includes(value) ||
        text.headers.some((header) => `${header[0]}: ${header[1]}`.includes(value))
      );
    default:
      return matchesHeader(text, field, value);
  }
}

function matchesHeader(text: SearchText, name: string, value: string): boolean {
  if (text.mayHold?.(value) === false) return false;
  return text.headers.some((header) => header[0] === name && header[1].includes(value));
}
