import type { MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { SearchQuery } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { matcher, needsText, searchDepth, searchDepthMax } from '#store/search-query.ts';
import type { Matcher, SearchCandidate, SearchText } from '#store/search-query.ts';
import { searchSieve } from '#store/search-sieve.ts';
import type { SearchSieve } from '#store/search-sieve.ts';
import { beyondLimit, notFound } from '#store/trouble.ts';
import { readStoredBody, readSummary, readSummaryText } from './account-content.ts';
import type { StoredBody } from './account-content.ts';
import { DamageError } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import { findMailbox, messageId, rowNow, rowsBackward } from './account-rows.ts';
import type { Row } from './account-rows.ts';
import { openLargeText, openSegment, segmentsOf } from './account-segments.ts';
import type { Segment } from './account-segments.ts';
import { messageSearchText } from '#store/search-text.ts';
import type { Slices } from './account-transaction.ts';

/**
 * A message whose text lies in a file and has not been taken out yet: the caller reads it (`largeMessage`) and judges. There may
 * be many, and their summaries may be large, so they are not told here.
 */
export interface UndecidedMessage {
  readonly uid: number;
  readonly modseq: number;
  readonly flags: number;
  readonly sizeBytes: number;
  readonly internalDateMs: number;
  readonly savedAtMs: number;
  readonly content: number;
}

export interface SearchAnswer {
  readonly found: Uint32Array;
  readonly undecided: readonly UndecidedMessage[];
  readonly keywords: readonly string[];
}

/**
 * Newest first over the sealed segments, what is in none from the messages themselves (STORAGE §5). Others may use the file
 * between two slices: each row is looked at as it is at its turn.
 */
export function search(
  account: AccountFile,
  { mailbox: id, query }: { readonly mailbox: MailboxId; readonly query: SearchQuery },
): Slices<Result<SearchAnswer, Trouble>> {
  const mailbox = findMailbox(account, id);
  const deep = searchDepth(query) > searchDepthMax;
  return scan(account, !mailbox.ok || !deep ? mailbox : beyondLimit('search-depth', searchDepthMax), query);
}

function* scan(
  account: AccountFile,
  found: Result<MailboxState, Trouble>,
  query: SearchQuery,
): Slices<Result<SearchAnswer, Trouble>> {
  if (!found.ok) return found;
  const mailbox = found.value;
  const uids: number[] = [];
  const undecided: UndecidedMessage[] = [];
  const isMatch = matcher(query, mailbox.keywords);
  const lookedAt = needsText(query)
    ? textRows(account, mailbox, searchSieve(query))
    : otherRows(account, mailbox, {});
  for (const looked of lookedAt) {
    if (looked !== undefined) {
      const { row } = looked;
      const candidate = candidateOf(account, looked);
      const verdict = judge(isMatch, candidate);
      if (verdict === true) uids.push(row.uid);
      if (verdict === 'undecided') undecided.push(undecidedOf(row, candidate.sizeBytes));
    }
    // Last, so that the next row is read when its turn has come.
    yield;
  }
  return ok({ found: Uint32Array.from(uids).sort(), undecided, keywords: mailbox.keywords });
}

/** Thrown by a candidate whose text is asked for and is not here. */
class TextElsewhere extends Error {}

function judge(isMatch: Matcher, candidate: SearchCandidate): boolean | 'undecided' {
  try {
    return isMatch(candidate);
  } catch (error) {
    if (error instanceof TextElsewhere) return 'undecided';
    throw error;
  }
}

/** A row and the way to its text, which is `undefined` while it lies in a file only. */
interface LookedAt {
  readonly row: Row;
  readonly text: () => SearchText | undefined;
}

/** Newest first, of segments only what may match; `undefined`: a good moment to give way. */
function* textRows(
  account: AccountFile,
  mailbox: MailboxState,
  sieve: SearchSieve,
): Generator<LookedAt | undefined> {
  let below: number | undefined;
  for (const segment of segmentsOf(account, mailbox).toReversed()) {
    yield* otherRows(account, mailbox, { above: segment.last, below });
    yield* segmentRows(account, mailbox, { segment, sieve });
    below = segment.id - messageId(mailbox, 0);
  }
  yield* otherRows(account, mailbox, { below });
}

function* otherRows(
  account: AccountFile,
  mailbox: MailboxState,
  range: NonNullable<Parameters<typeof rowsBackward>[2]>,
): Generator<LookedAt> {
  for (const row of rowsBackward(account, mailbox, range))
    yield { row, text: () => textOf(account, row.content) };
}

function* segmentRows(
  account: AccountFile,
  mailbox: MailboxState,
  { segment, sieve }: { readonly segment: Segment; readonly sieve: SearchSieve },
): Generator<LookedAt | undefined> {
  const open = openSegment(account, segment);
  const looked = (row: Row): LookedAt => ({
    row,
    text: () => open.textOf(row.uid) ?? textOf(account, row.content),
  });
  if (!open.isComplete(mailbox)) {
    const first = segment.id - messageId(mailbox, 0);
    for (const row of rowsBackward(account, mailbox, { above: first - 1, below: segment.last + 1 }))
      yield looked(row);
  } else if (sieve(open.pool)) {
    for (const uid of open.sifted(sieve).toReversed()) {
      const row = rowNow(account, mailbox, uid);
      yield row && looked(row);
    }
  }
  yield;
}

function candidateOf(account: AccountFile, { row, text: find }: LookedAt): SearchCandidate {
  const { uid, modseq, flags, internal, saved } = row;
  return {
    uid,
    modseq,
    flags,
    get sizeBytes() {
      return account.sizes.show([row])[0] ?? 0;
    },
    internalDateMs: internal,
    savedAtMs: saved,
    summary: () => must(readSummary(account, row.content)),
    text() {
      const text = find();
      if (text === undefined) throw new TextElsewhere();
      return text;
    },
  };
}

/** From the message itself; `undefined` when its body is a file whose text was not taken out yet. */
export function textOf(account: AccountFile, content: number): SearchText | undefined {
  const body = must(readStoredBody(account, content));
  if (body.kind === 'blob') return openLargeText(account, content);
  return messageSearchText(body.bytes, must(readSummary(account, content)));
}

function undecidedOf(row: Row, sizeBytes: number): UndecidedMessage {
  const { uid, modseq, flags, internal: internalDateMs, saved: savedAtMs, content } = row;
  return { uid, modseq, flags, sizeBytes, internalDateMs, savedAtMs, content };
}

/** What leads to the text of one undecided message; `not-found` when it went meanwhile. */
export interface LargeMessage {
  readonly summaryText: string;
  readonly body: StoredBody;
}

export function largeMessage(
  account: AccountFile,
  { content }: { readonly content: number },
): Result<LargeMessage, Trouble> {
  return account.file.read(() => {
    if (account.sql('SELECT 1 FROM content WHERE id = ?').get(content) === undefined)
      return notFound('message');
    const summaryText = readSummaryText(account, content);
    if (!summaryText.ok) return summaryText;
    const body = readStoredBody(account, content);
    return body.ok ? ok({ summaryText: summaryText.value, body: body.value }) : body;
  });
}

function must<T>(result: Result<T, Trouble>): T {
  if (!result.ok) throw new DamageError('detail' in result.error ? result.error.detail : result.error.code);
  return result.value;
}
