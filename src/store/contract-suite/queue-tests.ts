import assert from 'node:assert/strict';
import type { QueueId, TraceId } from '#base/id.ts';
import type { Domain } from '#mail/domain.ts';
import type { Lease, Outcome, QueueAttempt, QueueEntry, QueueRecipient } from '../contract/queue.ts';
import { sampleMessage, sampleSummary, sampleText } from './sample-message.ts';
import { address, asJson, createAccount, must, mustFail, newId } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const done: Outcome = { kind: 'done' };
const attempt: QueueAttempt = {
  atMs: 1,
  host: 'mx.elsewhere.test',
  address: '192.0.2.1',
  tls: 'TLSv1.3',
  reply: '451 4.3.0 later, schön',
  inDoubt: false,
};

export function queueTests(test: StoreTest): void {
  test('an entry is leased as it was added, settled and gone', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [local(under, 'one'), remote('a'), remote('b'), remote('a', 'x')]);
    assert.deepEqual(must(await queue.add(entry)), []);
    mustFail(await queue.add(entry), 'exists');
    const leases = must(await queue.lease(under.clock.now(), 10, 'me', under.clock.now() + 1000));
    assert.deepEqual(
      leases.map(({ recipients }) => recipients),
      [[0], [1, 3], [2]],
    );
    for (const lease of leases) {
      assert.deepEqual(plain(lease.entry), plain(entry));
      assert.equal(lease.attempt, 1);
      assert.equal(lease.untilMs, under.clock.now() + 1000);
    }
    assert.deepEqual(must(await queue.lease(under.clock.now(), 10, 'me', under.clock.now() + 1000)), []);
    assert.deepEqual(must(await queue.counts()), { waiting: 0, leased: 4, held: 0 });
    must(await queue.settle(leases.map((lease) => ({ lease, recipients: lease.recipients, outcome: done }))));
    mustFail(await queue.get(entry.id), 'not-found');
    assert.deepEqual(must(await queue.counts()), { waiting: 0, leased: 0, held: 0 });
    assert.equal(must(await queue.nextDue()), undefined);
    mustFail(await queue.add(queueEntry(under, [])), 'invalid');
  });

  test('whoever adds may own the work at once', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a'), local(under, 'one'), local(under, 'two')]);
    const leases = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 500 }));
    assert.deepEqual(
      leases.map(({ recipients }) => recipients),
      [[0], [1, 2]],
    );
    assert.deepEqual(plain(leases[0]?.entry), plain(entry));
    assert.deepEqual(must(await queue.lease(under.clock.now(), 10, 'other', under.clock.now() + 500)), []);
    assert.equal(must(await queue.nextDue()), under.clock.now() + 500);
  });

  test('what is restored waits for a person where it is held, and is due where it is not', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a'), local(under, 'one'), remote('a', 'x')]);
    must(await queue.addRestored(entry, ({ route }) => route.kind === 'remote'));
    mustFail(await queue.addRestored(entry, () => true), 'exists');
    assert.deepEqual(must(await queue.counts()), { waiting: 1, leased: 0, held: 2 });
    const now = under.clock.now();
    const leases = must(await queue.lease(now, 10, 'me', now + 1000));
    assert.deepEqual(
      leases.map(({ recipients }) => recipients),
      [[1]],
    );
    must(await queue.change(entry.id, { action: 'retry', nowMs: now }));
    assert.deepEqual(must(await queue.lease(now, 10, 'me', now + 1000)).at(-1)?.recipients, [0, 2]);
  });

  test('a lease runs out, is due again, and the late owner puts nothing off', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a')]);
    const now = under.clock.now();
    const [first] = must(await queue.add(entry, { owner: 'me', untilMs: now + 100 }));
    assert.ok(first);
    assert.deepEqual(must(await queue.lease(now + 99, 10, 'you', now + 1000)), []);
    const [second] = must(await queue.lease(now + 100, 10, 'you', now + 1000));
    assert.ok(second);
    assert.notEqual(second.id, first.id);
    const retry: Outcome = { kind: 'retry', atMs: now + 2000, attempt };
    const held: Outcome = { kind: 'held', attempt };
    must(await queue.settle([{ lease: first, recipients: [0], outcome: { ...retry, atMs: now } }]));
    must(await queue.settle([{ lease: first, recipients: [0], outcome: held }]));
    mustFail(await queue.mark(first, [0], attempt), 'conflict');
    assert.equal(must(await queue.get(entry.id)).recipients[0]?.state, 'leased');
    must(await queue.settle([{ lease: second, recipients: [0], outcome: retry }]));
    must(await queue.settle([{ lease: second, recipients: [0], outcome: held }]));
    const item = must(await queue.get(entry.id));
    assert.deepEqual(asJson(item.recipients), [
      {
        address: entry.recipients[0]?.address,
        route: entry.recipients[0]?.route,
        state: 'waiting',
        attempts: 1,
        nextAtMs: now + 2000,
        last: attempt,
      },
    ]);
    assert.equal(must(await queue.nextDue()), now + 2000);
  });

  test('a lease that ran out unnoticed may still be settled by its owner', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a')]);
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 1 }));
    assert.ok(lease);
    await under.clock.advance(1000);
    must(await queue.settle([{ lease, recipients: [0], outcome: done }]));
    mustFail(await queue.get(entry.id), 'not-found');
  });

  test('S-12: what a lease that ran out has done is done, whatever became of the recipient since', async (under) => {
    const { queue } = under.store;
    const now = under.clock.now();
    const since: Readonly<Record<string, (second: Lease) => Promise<unknown>>> = {
      'another lease': async () => undefined,
      'put off': (lease) =>
        queue.settle([{ lease, recipients: [0], outcome: { kind: 'retry', atMs: now + 9000, attempt } }]),
      held: (lease) => queue.settle([{ lease, recipients: [0], outcome: { kind: 'held', attempt } }]),
      'handed to a third': async (lease) => {
        await queue.settle([
          { lease, recipients: [0], outcome: { kind: 'retry', atMs: now + 100, attempt } },
        ]);
        assert.equal(must(await queue.lease(now + 100, 10, 'third', now + 9000)).length, 1);
      },
      'done as well': (lease) => queue.settle([{ lease, recipients: [0], outcome: done }]),
      dropped: () =>
        queue.list({}, undefined, 1).then((page) => queue.drop(must(page).items[0]?.id ?? ('' as QueueId))),
    };
    for (const [what, act] of Object.entries(since)) {
      const entry = queueEntry(under, [remote('a')]);
      const [first] = must(await queue.add(entry, { owner: 'me', untilMs: now + 100 }));
      const [second] = must(await queue.lease(now + 100, 10, 'me', now + 1000));
      assert.ok(first && second, what);
      mustFail(await queue.mark(first, [0], attempt), 'conflict');
      await act(second);
      must(await queue.settle([{ lease: first, recipients: [0], outcome: done }]));
      mustFail(await queue.get(entry.id), 'not-found');
      // Who works under the newer lease learns it before the final dot.
      mustFail(await queue.mark(second, [0], attempt), 'conflict');
      must(await queue.settle([{ lease: second, recipients: [0], outcome: { kind: 'held', attempt } }]));
      assert.deepEqual(must(await queue.counts()), { waiting: 0, leased: 0, held: 0 }, what);
    }
  });

  test('what is done is so only for what that lease held, and the others of the newer lease stay', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a', 'x'), remote('b'), remote('a', 'y'), remote('a', 'z')]);
    const now = under.clock.now();
    const [a, b] = must(await queue.add(entry, { owner: 'me', untilMs: now + 100 }));
    const [again] = must(await queue.lease(now + 100, 1, 'me', now + 1000));
    assert.ok(a && b && again);
    assert.deepEqual(again.recipients, [0, 2, 3]);
    must(await queue.settle([{ lease: a, recipients: [1, 2], outcome: done }]));
    must(await queue.settle([{ lease: b, recipients: [0, 3], outcome: done }]));
    assert.deepEqual(
      must(await queue.get(entry.id)).recipients.map(({ address, state }) => [address.local, state]),
      [
        ['x', 'leased'],
        ['someone', 'leased'],
        ['z', 'leased'],
      ],
    );
    mustFail(await queue.mark(again, [0, 2, 3], attempt), 'conflict');
    must(await queue.mark(again, [0, 3], attempt));
    must(await queue.settle([{ lease: again, recipients: [0, 3], outcome: done }]));
    must(await queue.settle([{ lease: b, recipients: [1], outcome: done }]));
    mustFail(await queue.get(entry.id), 'not-found');
  });

  test('work comes oldest first and no more than asked for', async (under) => {
    const { queue } = under.store;
    const entries: QueueEntry[] = [];
    for (let i = 0; i < 5; i += 1) {
      const entry = queueEntry(under, [remote('a')]);
      entries.push(entry);
      await under.clock.advance(10);
    }
    for (const entry of entries.toReversed()) must(await queue.add(entry));
    const now = under.clock.now();
    const ids = (leases: readonly Lease[]): readonly QueueId[] => leases.map(({ entry }) => entry.id);
    assert.deepEqual(ids(must(await queue.lease(now, 2, 'me', now + 1))), ids0(entries, 0, 2));
    assert.deepEqual(ids(must(await queue.lease(now, 9, 'me', now + 1))), ids0(entries, 2, 5));
  });

  test('a retry of some recipients waits, the attempt counts', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a', 'x'), remote('a', 'y'), remote('a', 'z')]);
    const now = under.clock.now();
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: now + 100 }));
    assert.ok(lease);
    must(
      await queue.settle([
        { lease, recipients: [0], outcome: done },
        { lease, recipients: [1], outcome: { kind: 'retry', atMs: now + 50, attempt } },
        { lease, recipients: [2], outcome: { kind: 'held', attempt: { ...attempt, unproven: true } } },
      ]),
    );
    assert.deepEqual(must(await queue.counts()), { waiting: 1, leased: 0, held: 1 });
    assert.deepEqual(must(await queue.lease(now + 49, 9, 'me', now + 200)), []);
    const [again] = must(await queue.lease(now + 50, 9, 'me', now + 200));
    assert.deepEqual([again?.recipients, again?.attempt], [[1], 2]);
    assert.deepEqual(
      must(await queue.get(entry.id)).recipients.map(({ state, attempts }) => [state, attempts]),
      [
        ['leased', 1],
        ['held', 1],
      ],
    );
    assert.equal(must(await queue.get(entry.id)).recipients[1]?.last?.unproven, true);
  });

  test('an attempt in doubt is on record before the final dot', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a')]);
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 100 }));
    assert.ok(lease);
    must(await queue.mark(lease, [0], { ...attempt, inDoubt: true }));
    assert.equal(must(await queue.get(entry.id)).recipients[0]?.last?.inDoubt, true);
    must(await queue.settle([{ lease, recipients: [0], outcome: { kind: 'retry', atMs: 9, attempt } }]));
    assert.equal(must(await queue.get(entry.id)).recipients[0]?.last?.inDoubt, false);
  });

  test('a person holds, retries and drops', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a'), remote('b')]);
    must(await queue.add(entry));
    const now = under.clock.now();
    must(await queue.change(entry.id, { action: 'hold', nowMs: now }));
    assert.deepEqual(must(await queue.counts()), { waiting: 0, leased: 0, held: 2 });
    assert.deepEqual(must(await queue.lease(now + 1e9, 9, 'me', now + 2e9)), []);
    assert.equal(must(await queue.nextDue()), undefined);
    assert.equal(must(await queue.get(entry.id)).recipients[0]?.nextAtMs, undefined);
    must(await queue.change(entry.id, { action: 'retry', nowMs: now + 5 }));
    assert.equal(must(await queue.nextDue()), now + 5);
    assert.equal(must(await queue.lease(now + 5, 9, 'me', now + 10)).length, 2);
    must(await queue.change(entry.id, { action: 'hold', nowMs: now + 6 }));
    assert.deepEqual(must(await queue.counts()), { waiting: 0, leased: 2, held: 0 });
    must(await queue.drop(entry.id));
    mustFail(await queue.drop(entry.id), 'not-found');
    mustFail(await queue.get(entry.id), 'not-found');
    mustFail(await queue.change(entry.id, { action: 'retry', nowMs: now }), 'not-found');
  });

  test('a bounce and what it reports are one act', async (under) => {
    const { queue } = under.store;
    const entry = queueEntry(under, [remote('a')]);
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 100 }));
    assert.ok(lease);
    const bounce: QueueEntry = {
      ...queueEntry(under, [local(under, 'one')]),
      origin: 'bounce',
      from: undefined,
    };
    must(await queue.addAndSettle([bounce], [{ lease, recipients: [0], outcome: done }]));
    mustFail(await queue.get(entry.id), 'not-found');
    assert.equal(must(await queue.get(bounce.id)).from, undefined);
    const other = queueEntry(under, [remote('b')]);
    mustFail(await queue.addAndSettle([other, bounce], []), 'exists');
    mustFail(await queue.get(other.id), 'not-found');
  });

  test('lists go by cursor and filter', async (under) => {
    const { queue } = under.store;
    const entries: QueueEntry[] = [];
    for (let i = 0; i < 5; i += 1) {
      const entry = queueEntry(under, [remote(i % 2 === 0 ? 'even' : 'odd'), local(under, 'one')]);
      entries.push(entry);
      must(await queue.add(entry));
      await under.clock.advance(1);
    }
    must(await queue.change(entries[1]?.id ?? ('' as QueueId), { action: 'hold', nowMs: 1 }));
    const page = must(await queue.list({}, undefined, 3));
    assert.deepEqual(
      page.items.map(({ id }) => id),
      ids0(entries, 0, 3),
    );
    const rest = must(await queue.list({}, page.next, 3));
    assert.deepEqual(
      rest.items.map(({ id }) => id),
      ids0(entries, 3, 5),
    );
    assert.equal(rest.next, undefined);
    assert.deepEqual(
      must(await queue.list({ domain: 'ODD.test' }, undefined, 9)).items.map(({ id }) => id),
      [entries[1]?.id, entries[3]?.id],
    );
    assert.deepEqual(
      must(await queue.list({ state: 'held' }, undefined, 9)).items.map(({ id }) => id),
      [entries[1]?.id],
    );
    assert.deepEqual(must(await queue.list({ state: 'held', domain: 'even.test' }, undefined, 9)).items, []);
    const [item] = page.items;
    assert.equal(item?.sizeBytes, entries[0]?.summary.sizeBytes);
    assert.equal(item?.traceId, entries[0]?.traceId);
  });

  test('large bodies are linked and go with the entry', async (under) => {
    const { queue, blobs } = under.store;
    const text = sampleText({ body: 'y'.repeat(200_000) });
    const writer = blobs.create();
    await writer.write(Buffer.from(text));
    const committed = await writer.commit();
    assert.ok(committed.ok);
    const entry: QueueEntry = {
      ...queueEntry(under, [remote('a')]),
      body: { kind: 'blob', ...committed.value },
      summary: sampleSummary(text),
    };
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 100 }));
    await blobs.remove(committed.value.id);
    assert.ok(lease?.entry.body.kind === 'blob');
    const { id, key } = lease.entry.body;
    const chunks: Uint8Array[] = [];
    for await (const frame of blobs.open(id, key)) if (frame.ok) chunks.push(frame.value);
    assert.equal(Buffer.concat(chunks).toString(), text);
    must(await queue.settle([{ lease, recipients: [0], outcome: done }]));
    for await (const frame of blobs.open(id, key)) assert.ok(!frame.ok && frame.error.code === 'not-found');
  });

  test('a thousand recipients are one entry', async (under) => {
    const { queue } = under.store;
    const recipients = Array.from({ length: 1000 }, (_, i) => remote('a', `r${i}`));
    const entry = queueEntry(under, recipients);
    const [lease] = must(await queue.add(entry, { owner: 'me', untilMs: under.clock.now() + 100 }));
    assert.equal(lease?.recipients.length, 1000);
    if (lease === undefined) return;
    must(await queue.settle([{ lease, recipients: lease.recipients.slice(1), outcome: done }]));
    assert.deepEqual(
      must(await queue.get(entry.id)).recipients.map(({ address }) => address.local),
      ['r0'],
    );
  });

  test('what an account submits belongs to it', async (under) => {
    const { queue } = under.store;
    const { id } = await createAccount(under, 'one');
    const entry: QueueEntry = {
      ...queueEntry(under, [remote('a')]),
      submitter: id,
      origin: 'submission',
      smtpUtf8: true,
    };
    must(await queue.add(entry));
    const [lease] = must(await queue.lease(under.clock.now(), 1, 'me', under.clock.now() + 1));
    assert.deepEqual(plain(lease?.entry), plain(entry));
    assert.equal(must(await queue.get(entry.id)).submitter, id);
  });
}

/** As JSON has it (absent and undefined are one), the bytes as text. */
function plain(entry: QueueEntry | undefined): unknown {
  if (entry === undefined) return undefined;
  const { body } = entry;
  return asJson({
    ...entry,
    body: body.kind === 'bytes' ? Buffer.from(body.bytes).toString('latin1') : body,
  });
}

function ids0(entries: readonly QueueEntry[], start: number, end: number): readonly QueueId[] {
  return entries.slice(start, end).map(({ id }) => id);
}

export function remote(name: string, local = 'someone'): QueueRecipient {
  const domain = `${name}.test` as Domain;
  return {
    address: address(local, domain),
    original: address(local, domain),
    route: { kind: 'remote', domain },
  };
}

export function local(under: StoreUnderTest, name: string): QueueRecipient {
  return {
    address: address(name),
    original: address(`alias-${name}`),
    route: { kind: 'local', account: newId(under), detail: undefined },
  };
}

export function queueEntry(under: StoreUnderTest, recipients: readonly QueueRecipient[]): QueueEntry {
  const { body, summary } = sampleMessage({ subject: 'Queued' });
  return {
    id: newId<QueueId>(under),
    traceId: newId<TraceId>(under),
    receivedAtMs: under.clock.now(),
    from: address('sender', 'elsewhere.test' as Domain),
    recipients,
    body,
    summary,
    bodyType: '8bit',
    smtpUtf8: false,
    submitter: undefined,
    origin: 'inbound',
    expiresAtMs: under.clock.now() + 5 * 86_400_000,
  };
}
