import assert from 'node:assert/strict';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import type { TraceFilter } from '../contract/store.ts';
import { createAccount, must, mustFail, newId } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const delivery: TraceDelivery = {
  recipient: 'user@example.test',
  attempt: 1,
  at: '2026-01-01T00:00:00Z',
  outcome: 'delivered',
};

/** Traces, counters and settings. */
export function recordTests(test: StoreTest): void {
  test('a trace is found at once by its id or ten characters of it', async (under) => {
    const { traces } = under.store;
    const record = traceRecord(under, {});
    traces.add(record);
    assert.deepEqual(must(await traces.get(record.id)), record);
    await traces.flush();
    assert.deepEqual(must(await traces.get(record.id)), record);
    assert.deepEqual(must(await traces.get(record.id.slice(0, 10).toLowerCase())), record);
    mustFail(await traces.get(record.id.slice(0, 9)), 'invalid');
    mustFail(
      await traces.get(newId<TraceId>({ ...under, clock: { ...under.clock, now: () => 5 } })),
      'not-found',
    );
    const twin = { ...record, id: makeId<TraceId>(under.clock.now(), under.random.bytes(10)) };
    traces.add(twin);
    mustFail(await traces.get(record.id.slice(0, 10)), 'conflict');
    assert.deepEqual(must(await traces.get(record.id)), record);
  });

  test('later deliveries join their trace, buffered or written', async (under) => {
    const { traces } = under.store;
    const { id: owner } = await createAccount(under, 'user');
    const record = traceRecord(under, {});
    traces.add(record, owner);
    traces.delivered(record.id, [delivery]);
    await traces.flush();
    traces.delivered(record.id, [{ ...delivery, attempt: 2 }]);
    assert.deepEqual(must(await traces.get(record.id)).deliveries, [delivery, { ...delivery, attempt: 2 }]);
    await traces.flush();
    assert.deepEqual(must(await traces.get(record.id)).deliveries.length, 2);
  });

  test('traces list newest first, by filter and page', async (under) => {
    const { traces } = under.store;
    const records: TraceRecord[] = [];
    for (let i = 0; i < 6; i += 1) {
      const wishes =
        i % 2 === 0
          ? { from: 'Ann@one.test', action: 'refuse' as const }
          : { to: 'x@two.test', client: '2001:db8::1' };
      const record = traceRecord(under, wishes);
      records.push(record);
      traces.add(record);
      if (i === 3) await traces.flush();
      await under.clock.advance(1000);
    }
    const list = async (filter: TraceFilter): Promise<readonly number[]> => {
      const page = must(await traces.list(filter, undefined, 256));
      return page.items.map(({ id }) => records.findIndex((record) => record.id === id));
    };
    assert.deepEqual(await list({}), [5, 4, 3, 2, 1, 0]);
    assert.deepEqual(await list({ from: 'ann@ONE.test' }), [4, 2, 0]);
    assert.deepEqual(await list({ to: 'X@two.test', client: '2001:DB8::1' }), [5, 3, 1]);
    assert.deepEqual(await list({ action: 'refuse', to: 'x@two.test' }), []);
    assert.deepEqual(await list({ sinceMs: under.clock.now() - 2000 }), [5, 4]);
    assert.deepEqual(await list({ account: records[0]?.session.account as never }), [5, 4, 3, 2, 1, 0]);
    const first = must(await traces.list({}, undefined, 4));
    const second = must(await traces.list({}, first.next, 4));
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      records.map(({ id }) => id).toReversed(),
    );
    assert.equal(second.next, undefined);
    const nowMs = under.clock.now();
    const expire = async (delivered: number, refused: number): Promise<number> =>
      must(await traces.expire({ delivered, refused, security: nowMs }));
    assert.equal(await expire(0, 0), 0);
    assert.equal(await expire(0, nowMs - 3000), 2);
    assert.deepEqual(await list({}), [5, 4, 3, 1]);
    assert.equal(await expire(nowMs - 2000, 0), 2);
    assert.deepEqual(await list({}), [5, 4]);
    const login = { ...traceRecord(under, { action: 'refuse' }), kind: 'login' as const };
    traces.add(login);
    await traces.flush();
    must(await traces.expire({ delivered: nowMs + 1, refused: nowMs + 1, security: nowMs }));
    assert.deepEqual(
      must(await traces.list({}, undefined, 9)).items.map(({ id }) => id),
      [login.id],
    );
    mustFail(await traces.get(records[5]?.id ?? ''), 'not-found');
  });

  test('S-09: of a class of traces the oldest beyond its count go', async (under) => {
    const { traces } = under.store;
    const ids: { readonly refused: TraceId[]; readonly delivered: TraceId[] } = {
      refused: [],
      delivered: [],
    };
    for (let n = 0; n < 600; n += 1) {
      const name = n % 2 === 0 ? 'refused' : 'delivered';
      const record = traceRecord(under, name === 'refused' ? { action: 'refuse' } : {});
      ids[name].push(record.id);
      traces.add(record);
      await under.clock.advance(1);
    }
    const never = { delivered: 0, refused: 0, security: 0 };
    assert.equal(must(await traces.expire(never, { refused: 300 })), 0);
    assert.equal(must(await traces.expire(never, { refused: 7 })), 293);
    const list = async (action: 'refuse' | 'accept'): Promise<readonly TraceId[]> =>
      must(await traces.list({ action }, undefined, 256)).items.map(({ id }) => id);
    assert.deepEqual(await list('refuse'), ids.refused.toReversed().slice(0, 7));
    assert.deepEqual(await list('accept'), ids.delivered.toReversed().slice(0, 256));
  });

  test('counters slide', async ({ store: { counters }, clock }) => {
    const now = clock.now();
    const minute = 60_000;
    assert.equal(must(await counters.add('k', 2, minute, now)), 2);
    assert.equal(must(await counters.add('k', 3, minute, now + minute / 2)), 5);
    assert.equal(must(await counters.add('k', 0, minute, now + minute / 2)), 5);
    assert.deepEqual(must(await counters.read(['k', 'unknown'], now + minute / 2)), [5, 0]);
    assert.deepEqual(must(await counters.read(['k'], now + minute * 1.25)), [3]);
    assert.deepEqual(must(await counters.read(['k'], now + minute * 3)), [0]);
    const many = await Promise.all(Array.from({ length: 10 }, () => counters.add('race', 1, minute, now)));
    assert.deepEqual(
      many.map(must).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  test('settings change by version', async ({ store: { settings } }) => {
    assert.equal(must(await settings.get('a')), undefined);
    assert.deepEqual(must(await settings.set('a', { list: [1, 'zwei'] }, 0)), {
      value: { list: [1, 'zwei'] },
      version: 1,
    });
    mustFail(await settings.set('a', 2, 0), 'conflict');
    must(await settings.set('a', false, 1));
    must(await settings.set('b', 'text', 0));
    assert.deepEqual(must(await settings.get('a')), { value: false, version: 2 });
    assert.deepEqual(
      [...must(await settings.list())],
      [
        ['a', { value: false, version: 2 }],
        ['b', { value: 'text', version: 1 }],
      ],
    );
    must(await settings.set('a', undefined, 2));
    assert.equal(must(await settings.get('a')), undefined);
    assert.deepEqual([...must(await settings.list()).keys()], ['b']);
    const again = must(await settings.set('a', 1, 0));
    assert.ok(again.version > 2);
  });
}

interface TraceWishes {
  readonly from?: string;
  readonly to?: string;
  readonly client?: string;
  readonly action?: 'accept' | 'refuse';
}

export function traceRecord(under: StoreUnderTest, wishes: TraceWishes): TraceRecord {
  const {
    from = 'sender@elsewhere.test',
    to = 'user@example.test',
    client = '192.0.2.9',
    action = 'accept',
  } = wishes;
  return {
    v: 1,
    id: newId<TraceId>(under),
    kind: 'message',
    at: new Date(under.clock.now()).toISOString(),
    direction: 'inbound',
    session: { id: 's1', listener: 'mx', role: 'mx', client, account: 'acct' },
    envelope: { from, to: [{ address: to, outcome: action }], sizeBytes: 5 },
    facts: { helo: 'mx.elsewhere.test' },
    asked: [],
    steps: [],
    verdict: { action, by: 'test', score: 0, status: '2.0.0', text: 'fine' },
    deliveries: [],
  };
}
