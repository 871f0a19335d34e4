import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { SearchQuery } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { matches } from '#store/search-query.ts';
import type { AccountCalls } from './account-calling.ts';
import type { AccountNotices } from './account-notices.ts';
import { bytesOf, collectBytes } from './account-bytes.ts';
import type { SearchAnswer } from './account-search.ts';
import { messageSearchText } from '#store/search-text.ts';
import { decodeSummary } from '#store/summary-text.ts';

/** Bytes of a large message that are looked at for text; the cap is recorded with the text. */
const searchedBytesMax = 8 * 1_048_576;

export interface LargeSearch {
  readonly account: AccountId;
  readonly calls: AccountCalls;
  readonly blobs: Blobs;
  readonly query: SearchQuery;
  readonly answer: SearchAnswer;
  readonly signal: AbortSignal | undefined;
  /** Told of a body that cannot be read. */
  readonly lost: AccountNotices['bodyLost'];
}

/**
 * Judges messages whose text lies in files, and leaves the text with the account, so that it is read once. A message whose
 * body is lost or damaged matches nothing that asks for its text, and the search goes on.
 */
export async function decideLarge({
  account,
  calls,
  blobs,
  query,
  answer,
  signal,
  lost,
}: LargeSearch): Promise<Result<Uint32Array, Trouble>> {
  const found = [...answer.found];
  for (const message of answer.undecided) {
    if (signal?.aborted === true) break;
    const { content } = message;
    const large = await calls.largeMessage({ account, content });
    // It went meanwhile.
    if (!large.ok && large.error.code === 'not-found') continue;
    if (!large.ok) return large;
    const bytes = await collectBytes(bytesOf(blobs, large.value.body, { start: 0, end: searchedBytesMax }));
    if (!bytes.ok) {
      if (bytes.error.code !== 'fenced') return bytes;
      // A body also goes when its message does, and then nothing is lost.
      if ((await calls.largeMessage({ account, content })).ok) lost(account, bytes.error);
      continue;
    }
    const summary = decodeSummary(large.value.summaryText);
    const text = messageSearchText(bytes.value, summary);
    const candidate = { ...message, summary: () => summary, text: () => text };
    if (matches(query, candidate, answer.keywords)) found.push(message.uid);
    await calls.keepText({ account, content, text });
  }
  return ok(Uint32Array.from(found).sort());
}
