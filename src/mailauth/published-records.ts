import { readOnce } from '#base/read-once.ts';
import { readDmarcRecord } from './dmarc/dmarc-record.ts';
import { parseSpfRecord } from './spf/parse-spf-record.ts';

/** Readers of what domains publish, which is the same for each of their messages: what was read once is remembered. */
export interface PublishedRecords {
  readonly spf: typeof parseSpfRecord;
  readonly dmarc: typeof readDmarcRecord;
}

/**
 * Of each kind, and in characters of one: longer ones are read each time. RFC 7208 §3.4 wants records below 450 octets. What
 * is read of one takes at most some ninety times as much (`a a a …`), so that both kinds together stay below 25 MB, whoever
 * publishes them; of honest records it is less than a tenth of that.
 */
const kept = { entriesMax: 500, charsMax: 450 } as const;

/** One for a thread. */
export function createPublishedRecords(): PublishedRecords {
  return { spf: readOnce(parseSpfRecord, kept), dmarc: readOnce(readDmarcRecord, kept) };
}
