import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { parseAddress } from '#mail/address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { AdminWorld } from '../world.ts';
import { blocklistReport } from './report-mail.ts';

function address(text: string) {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok);
  return parsed.value;
}

const readers = ['one', 'two', 'three', 'four'].map((name) => `${name}@example.test`);

async function world() {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  await store.domains.create('example.test' as never, 0);
  for (const name of readers)
    await store.accounts.create({
      address: address(name),
      credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
      administers: [],
      quota: { bytes: undefined, messages: undefined },
      nowMs: 0,
      reservedNameAllowed: false,
    });
  const lists = listsFor({ clock, resolver: createFakeResolver({}), settings: store.settings });
  const add = (change: Partial<TraceRecord> = {}): TraceId => {
    const id = makeId<TraceId>(clock.now(), random.bytes(10));
    store.traces.add({
      v: 1,
      id,
      kind: 'message',
      at: new Date(clock.now()).toISOString(),
      direction: 'inbound',
      session: { id: 's', listener: 'mx', role: 'mx', client: '203.0.113.5' },
      envelope: {
        from: 'news@loud.example',
        to: readers.slice(0, 3).map((to) => ({ address: to, outcome: 'accepted' })),
        sizeBytes: 1,
      },
      facts: {},
      asked: [],
      steps: [],
      verdict: { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' },
      deliveries: [],
      ...change,
    });
    return id;
  };
  const report = async (trace: string, by: string) =>
    await blocklistReport.run(
      { store, lists, clock } as unknown as AdminWorld,
      { trace, by },
      {
        progress: () => undefined,
        signal: new AbortController().signal,
      },
    );
  const listed = () => lists.local.list('block').map(({ subject }) => subject.value);
  return { add, report, listed, lists };
}

/** DMARC as it stands in a record. */
const proven = {
  dmarc: {
    result: 'pass',
    authorDomain: 'loud.example',
    organizationalDomain: 'loud.example',
    publicSuffix: { organizationalDomain: 'loud.example' },
    dkim: [],
  },
  author: { author: { kind: 'domain', domain: 'loud.example' }, own: undefined },
  spf: { result: 'pass', identity: 'mailfrom', domain: 'loud.example' },
};

test('P-25: reports of several readers list client and proven sender, with the trace as evidence', async () => {
  const { add, report, listed, lists } = await world();
  const trace = add({ facts: proven });
  const answers = [];
  for (const by of readers.slice(0, 3)) answers.push(await report(trace.slice(0, 12), by));
  assert.ok(answers.every((answer) => answer.ok));
  assert.deepEqual(listed().toSorted(), ['203.0.113.5/32', 'news@loud.example']);
  for (const { evidence, origin } of lists.local.list('block')) {
    assert.equal(origin, 'report');
    assert.deepEqual(evidence, { events: 3, traces: trace });
  }
});

test('P-25: one reader, however often, lists nobody', async () => {
  const { add, report, listed } = await world();
  for (let count = 0; count < 9; count += 1) await report(add({ facts: proven }), 'one@example.test');
  assert.deepEqual(listed(), []);
});

test('P-25: who was not sent a message cannot report it, nor can anybody what did not come from outside', async () => {
  const { add, report, listed } = await world();
  const foreign = await report(add(), 'four@example.test');
  assert.ok(!foreign.ok && foreign.error.code === 'not-found');
  const nobody = await report(add(), 'nobody@example.test');
  assert.ok(!nobody.ok);
  const session = { id: 's', listener: 'submission', role: 'submission', client: '203.0.113.5' };
  const own = await report(add({ session }), 'one@example.test');
  assert.ok(!own.ok && own.error.code === 'value-invalid');
  const attempt = await report(add({ kind: 'attempt' }), 'one@example.test');
  assert.ok(!attempt.ok);
  const missing = await report('01J0000000000', 'one@example.test');
  assert.ok(!missing.ok && missing.error.code === 'trace-not-found');
  assert.deepEqual(listed(), []);
});

test('P-25: a name that nobody proved is not listed for a report', async () => {
  const { add, report, listed } = await world();
  for (const by of readers.slice(0, 3)) await report(add(), by);
  assert.deepEqual(listed(), ['203.0.113.5/32']);
});

test('P-25: a sender whom only the envelope names is not listed for what another user of his provider signed', async () => {
  const { add, report, listed } = await world();
  const trace = add({ facts: { ...proven, spf: { ...proven.spf, result: 'softfail' } } });
  for (const by of readers.slice(0, 3)) await report(trace, by);
  assert.deepEqual(listed(), ['203.0.113.5/32']);
});

test('I-59: of what a gateway brought, a report speaks against whom it took it from', async () => {
  const { add, report, listed } = await world();
  const origin = { kind: 'found', client: '192.0.2.77', helo: 'x', hops: ['203.0.113.5'] };
  const trace = add({ facts: { origin } });
  for (const by of readers.slice(0, 3)) await report(trace, by);
  assert.deepEqual(listed(), ['192.0.2.77/32']);
});
