import type { MessageSummary } from '#mail/summary.ts';
import { fold } from './fold.ts';
import type { SearchText } from './search-query.ts';

/** Header fields unfolded, all the rest as one text in UTF-8: enough for messages that encode nothing. */
export function plainSearchText(message: Uint8Array, summary: MessageSummary): SearchText {
  const text = new TextDecoder();
  const headerEnd = summary.structure.header.end;
  const header = text.decode(message.subarray(0, headerEnd)).replaceAll(/\r\n(?=[ \t])/g, '');
  const headers = header.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0
      ? [[line.slice(0, colon).trim().toLowerCase(), fold(line.slice(colon + 1).trim())] as const]
      : [];
  });
  return { headers, body: fold(text.decode(message.subarray(headerEnd))) };
}
