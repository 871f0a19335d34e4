import { searchableBody, searchableHeader } from '#mail/searchable-text.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { SearchText } from './search-query.ts';

/** A message's text as search takes it, from as much of the message as is at hand; each half made when it is asked for. */
export function messageSearchText(message: Uint8Array, summary: MessageSummary): SearchText {
  let headers: SearchText['headers'] | undefined;
  let body: string | undefined;
  return {
    get headers() {
      return (headers ??= searchableHeader(message, summary).split('\n').flatMap(fieldOf));
    },
    get body() {
      return (body ??= searchableBody(message, summary));
    },
  };
}

function fieldOf(line: string): readonly (readonly [string, string])[] {
  const colon = line.indexOf(':');
  return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
}
