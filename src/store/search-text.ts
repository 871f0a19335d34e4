import { searchableText } from '#mail/searchable-text.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { SearchText } from './search-query.ts';

/** A message's text as search takes it, from as much of the message as is at hand. */
export function messageSearchText(message: Uint8Array, summary: MessageSummary): SearchText {
  const { header, body } = searchableText(message, summary);
  return { headers: header.split('\n').flatMap(fieldOf), body };
}

function fieldOf(line: string): readonly (readonly [string, string])[] {
  const colon = line.indexOf(':');
  return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
}
