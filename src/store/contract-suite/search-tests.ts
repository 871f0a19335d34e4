import assert from 'node:assert/strict';
import type { NewMessage, SearchQuery } from '../contract/messages.ts';
import { searchDepthMax } from '../search-query.ts';
import { sampleMessage } from './sample-message.ts';
import { createInbox, must, mustFail } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const day = 86_400_000;

/** What four messages answer; the sizes are those of `sampleMessage`. */
const samples = [
  sampleMessage({
    subject: 'Conference plans',
    from: 'ann@one.test',
    body: 'See you at the conference\r\n',
    internalDateMs: day,
    dateMs: 10 * day,
  }),
  sampleMessage({
    subject: 'Re: STRASSE',
    from: 'bob@two.test',
    body: 'x'.repeat(500),
    internalDateMs: 2 * day,
    flags: ['\\Seen', 'work'],
  }),
  sampleMessage({
    subject: 'lunch',
    to: 'ann@one.test',
    body: 'no plans\r\n',
    internalDateMs: 3 * day,
    dateMs: 30 * day,
    flags: ['\\Deleted'],
  }),
  sampleMessage({
    subject: 'Confer',
    from: 'ann@one.test',
    body: 'ΟΔΟΣ Straße in\u00advis\u200bible\u00a0\t gap\r\n',
    internalDateMs: 4 * day,
    flags: ['work'],
  }),
];

const text = (field: Extract<SearchQuery, { kind: 'text' }>['field'], value: string): SearchQuery => ({
  kind: 'text',
  field,
  value,
});

const cases: readonly (readonly [what: string, query: SearchQuery, uids: readonly number[]])[] = [
  ['all', { kind: 'all' }, [1, 2, 3, 4]],
  ['substring in body', text('body', 'CONFERENCE'), [1]],
  ['substring, not word', text('text', 'conferen'), [1]],
  ['header and body', text('text', 'plans'), [1, 3]],
  ['body only', text('body', 'plans'), [3]],
  ['subject', text('subject', 'confer'), [1, 4]],
  ['from', text('from', 'ANN@'), [1, 4]],
  ['to', text('to', 'ann'), [3]],
  ['cc', text('cc', 'ann'), []],
  ['runs of white space are one', text('subject', 'conference   plans'), [1]],
  ['white space of another kind', text('subject', 'conference\u00a0\tplans'), [1]],
  ['invisible characters in the text', text('body', 'INVISIBLE gap'), [4]],
  ['invisible characters in what is looked for', text('body', 'con\u200bfer\u00adence'), [1]],
  ['nothing but invisible characters is nothing', text('body', '\u200b'), [1, 2, 3, 4]],
  ['full-width letters', text('subject', '\uff43onference'), [1]],
  ['case folding of ß', text('text', 'straße'), [2, 4]],
  ['case folding of sigma', text('body', 'οδος'), [4]],
  ['header', { kind: 'header', name: 'SUBJECT', value: 'LUNCH' }, [3]],
  ['header present', { kind: 'header', name: 'Subject', value: '' }, [1, 2, 3, 4]],
  ['header absent', { kind: 'header', name: 'X-None', value: '' }, []],
  ['empty text is everywhere', text('text', ''), [1, 2, 3, 4]],
  ['flag', { kind: 'flag', flag: '\\seen', set: true }, [2]],
  ['flag unset', { kind: 'flag', flag: '\\Deleted', set: false }, [1, 2, 4]],
  ['keyword', { kind: 'flag', flag: 'WORK', set: true }, [2, 4]],
  ['unknown keyword', { kind: 'flag', flag: 'nobody', set: true }, []],
  ['unknown keyword unset', { kind: 'flag', flag: 'nobody', set: false }, [1, 2, 3, 4]],
  ['larger', { kind: 'size', larger: 400 }, [2]],
  ['smaller', { kind: 'size', smaller: 400 }, [1, 3, 4]],
  ['internal date', { kind: 'date', field: 'internal', fromMs: 2 * day, untilMs: 4 * day }, [2, 3]],
  ['sent date', { kind: 'date', field: 'sent', fromMs: 10 * day, untilMs: 10 * day + 1 }, [1]],
  ['no sent date', { kind: 'date', field: 'sent' }, [1, 3]],
  [
    'uids',
    {
      kind: 'uids',
      ranges: [
        [1, 1],
        [3, 4_294_967_295],
      ],
    },
    [1, 3, 4],
  ],
  ['not', { kind: 'not', query: text('from', 'ann@') }, [2, 3]],
  [
    'or',
    { kind: 'or', queries: [text('subject', 'lunch'), { kind: 'flag', flag: '\\Seen', set: true }] },
    [2, 3],
  ],
  ['and', { kind: 'and', queries: [text('from', 'ann@'), { kind: 'flag', flag: 'work', set: true }] }, [4]],
  ['and of nothing', { kind: 'and', queries: [] }, [1, 2, 3, 4]],
  ['or of nothing', { kind: 'or', queries: [] }, []],
  ['wildcards are plain text', text('text', '%'), []],
];

export function searchTests(test: StoreTest): void {
  test('a search finds exactly what matches', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.messages.append(account, inbox, samples));
    for (const [what, query, uids] of cases) {
      assert.deepEqual([...must(await store.messages.search(account, inbox, query))], uids, what);
    }
  });

  test('a search sees flags, saves and expunges of the moment', async (under) => {
    const { store, clock } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.messages.append(account, inbox, samples));
    clock.jump(day);
    must(await store.messages.append(account, inbox, [sampleMessage({ subject: 'conference' })]));
    must(await store.messages.expunge(account, inbox, [1], false));
    const since = must(await store.messages.select(account, inbox)).modseqs[3] ?? 0;
    must(await store.messages.flags(account, inbox, [3], { mode: 'add', flags: ['work'] }));
    const search = async (query: SearchQuery): Promise<readonly number[]> => [
      ...must(await store.messages.search(account, inbox, query)),
    ];
    assert.deepEqual(await search(text('text', 'conference')), [5]);
    assert.deepEqual(await search({ kind: 'flag', flag: 'work', set: true }), [2, 3, 4]);
    assert.deepEqual(await search({ kind: 'date', field: 'saved', fromMs: clock.now() }), [5]);
    assert.deepEqual(await search({ kind: 'modseq', from: since }), [3, 5]);
  });

  test('of a message whose body is lost no text is known, and the others are found', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const [first, last] = samples;
    assert.ok(first && last);
    const large = await largeMessage(under, 'plans '.repeat(20_000));
    must(await store.messages.append(account, inbox, [first, large, last]));
    const search = async (query: SearchQuery): Promise<readonly number[]> => [
      ...must(await store.messages.search(account, inbox, query)),
    ];
    const flagged = { kind: 'flag', flag: '\\Flagged', set: true } as const;
    const plans = text('text', 'plans');
    assert.ok(under.loseBodies);
    await under.loseBodies();
    assert.deepEqual(await search(plans), [1]);
    assert.deepEqual(await search({ kind: 'not', query: plans }), [3]);
    assert.deepEqual(await search({ kind: 'header', name: 'Subject', value: '' }), [1, 3]);
    assert.deepEqual(await search({ kind: 'or', queries: [plans, flagged] }), [1, 2]);
    assert.deepEqual(await search({ kind: 'size', larger: 65_536 }), [2]);
    assert.deepEqual(await search({ kind: 'and', queries: [plans, flagged] }), []);
    must(await store.messages.expunge(account, inbox, [2], false));
    assert.deepEqual(await search(plans), [1]);
  });

  test('nesting has a bound', async (under) => {
    const { account, inbox } = await createInbox(under);
    let query: SearchQuery = { kind: 'all' };
    for (let depth = 1; depth < searchDepthMax; depth += 1) query = { kind: 'not', query };
    must(await under.store.messages.search(account, inbox, query));
    mustFail(await under.store.messages.search(account, inbox, { kind: 'not', query }), 'limit');
  });
}

async function largeMessage({ store }: StoreUnderTest, body: string): Promise<NewMessage> {
  const message = sampleMessage({ subject: 'Large', body, flags: ['\\Flagged'] });
  assert.ok(message.body.kind === 'bytes');
  const writer = store.blobs.create();
  await writer.write(message.body.bytes);
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return { ...message, body: { kind: 'blob', ...committed.value } };
}
