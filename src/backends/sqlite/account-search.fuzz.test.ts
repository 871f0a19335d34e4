import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AccountId } from '#base/id.ts';
import type { Blobs } from '#platform/blobs.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import type { NewMessage, SearchQuery } from '#store/contract/messages.ts';
import { matches } from '#store/search-query.ts';
import type { SearchCandidate } from '#store/search-query.ts';
import { messageSearchText } from '#store/search-text.ts';
import { accountsUnderTest } from './account.fixture.ts';

const runs = Number(process.env.POSTERN_FUZZ_RUNS ?? 1000);
const id = '0000000000000000000000001a' as AccountId;

const words = ['plan', 'Straße', 'subject: x', 'a:b', ' lunch', 'ﬁnd', 'rare'];

/** Message `n` of two segments and what lies behind them: each word stands in some subjects and in some bodies. */
function numbered(n: number): NewMessage {
  const word = (at: number): string => (n % (at + 2) === 0 ? (words[at] ?? '') : '');
  return sampleMessage({
    subject: `number ${n} ${word(0)} ${word(2)}${word(4)}`,
    from: n % 90 === 0 ? 'rare@one.test' : 'ann@one.test',
    body: `text ${word(1)} ${word(3)} ${word(5)}${n === 77 ? ' rare' : ''}\r\n`,
    flags: n % 3 === 0 ? ['\\Seen'] : [],
  });
}

const fields = ['text', 'body', 'subject', 'from', 'to'] as const;
const beside = ['number 7', 'subject: number', ' number', ': numb', 'ann', 'to:', '', 'none at all'];
const values = [...words, ...words.map((word) => word.slice(1, 4)), ...beside];
const value = fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 3 }));
const { query } = fc.letrec<{ query: SearchQuery }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('text' as const),
      field: fc.constantFrom(...fields),
      value,
    }),
    fc.record({
      kind: fc.constant('header' as const),
      name: fc.constantFrom('Subject', 'FROM', 'x-none', ''),
      value,
    }),
    fc.record({ kind: fc.constant('flag' as const), flag: fc.constant('\\Seen'), set: fc.boolean() }),
    fc.record({ kind: fc.constant('not' as const), query: tie('query') }),
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      queries: fc.array(tie('query'), { maxLength: 3 }),
    }),
  ),
}));

/** All of the first segment: the second is whole. */
const gone = [7, 99, 100];

/** What the messages answer by themselves. */
function candidates(): readonly SearchCandidate[] {
  return Array.from({ length: 210 }, (_, at) => at + 1)
    .filter((uid) => !gone.includes(uid))
    .map((uid) => {
      const { body, summary, flags } = numbered(uid);
      assert.ok(body.kind === 'bytes');
      const text = messageSearchText(body.bytes, summary);
      const times = { internalDateMs: 0, savedAtMs: 0 };
      return {
        uid,
        modseq: uid,
        flags: flags.length,
        sizeBytes: summary.sizeBytes,
        ...times,
        summary: () => summary,
        text: () => text,
      };
    });
}

async function asFile(blobs: Blobs, message: NewMessage): Promise<NewMessage> {
  assert.ok(message.body.kind === 'bytes');
  const writer = blobs.create();
  await writer.write(message.body.bytes);
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return { ...message, body: { kind: 'blob', ...committed.value } };
}

test('a search over segments, a gap in them and what lies beside them finds what the messages themselves say', async () => {
  const under = await accountsUnderTest();
  under.newKey(id);
  must(await under.files.createFile(id));
  const inbox = must(await under.files.mailboxes.list(id)).find(({ name }) => name === 'INBOX')?.id;
  assert.ok(inbox);
  const add = async (first: number, count: number): Promise<void> => {
    const messages = Array.from({ length: count }, (_, n) => numbered(first + n));
    // One of the second segment lies in a file, and its text in no segment.
    if (first === 101) messages[50] = await asFile(under.blobs, numbered(151));
    must(await under.files.messages.append(id, inbox, messages));
  };
  for (const at of [1, 101]) {
    await add(at, 100);
    must(await under.files.tend(id));
  }
  // Its text stays in the segment until that is written anew.
  must(await under.files.messages.expunge(id, inbox, gone, false));
  await add(201, 10);
  const all = candidates();
  let told = 0;
  const check = async (asked: SearchQuery): Promise<void> => {
    const found = [...must(await under.files.messages.search(id, inbox, asked))];
    const expected = all.filter((candidate) => matches(asked, candidate, [])).map(({ uid }) => uid);
    assert.deepEqual(found, expected, JSON.stringify(asked));
    if (found.length > 0 && found.length < all.length) told += 1;
  };
  for (const field of fields) for (const value of values) await check({ kind: 'text', field, value });
  assert.ok(told > 20);
  const property = fc.asyncProperty(query, check);
  await fc.assert(property, { numRuns: Math.ceil(runs / 10) });
  must(await under.files.tend(id));
  await fc.assert(property, { numRuns: Math.ceil(runs / 10) });
  await under.dispose();
});
