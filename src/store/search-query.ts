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
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
      return cheapFirst(query.queries).every((part) => matches(part, message, keywords));
    case 'or':
      return cheapFirst(query.queries).some((part) => matches(part, message, keywords));
    case 'not':
      return !matches(query.query, message, keywords);
    case 'uids':
      return query.ranges.some(([first, last]) => message.uid >= first && message.uid <= last);
    case 'flag':
      return ((message.flags & flagBit(query.flag, keywords)) !== 0) === query.set;
    case 'size':
      return (
        (query.larger === undefined || message.sizeBytes > query.larger) &&
        (query.smaller === undefined || message.sizeBytes < query.smaller)
      );
    case 'date':
      return matchesDate(query, message);
    case 'modseq':
      return message.modseq >= query.from;
    case 'text':
      return matchesText(query.field, foldForSearch(query.value), message.text());
    case 'header':
      return matchesHeader(message.text(), query.name.toLowerCase(), foldForSearch(query.value));
    default:
      return unreachable(query);
  }
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
  return text.headers.some((header) => header[0] === name && header[1].includes(value));
}
