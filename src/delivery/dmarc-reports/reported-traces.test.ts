import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { AggregateRow } from '#mailauth/dmarc/aggregate-row.ts';
import { judge } from '#mailauth/dmarc/judge-dmarc.fixture.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { traceRecord } from '#trace/record.fixture.ts';
import type { TraceVerdict } from '#trace/record.ts';
import { reportedTraces } from './reported-traces.ts';

interface Wish {
  readonly to?: readonly string[];
  readonly action?: TraceVerdict['action'];
  readonly record?: string;
  /** Nobody reports. */
  readonly unnamed?: true;
}

const asks = 'v=DMARC1; p=reject; rua=mailto:r@bank.example';

/** What is counted of a message that pretends to come from the bank. */
async function countedOf(wish: Wish): Promise<readonly AggregateRow[]> {
  const { to = ['user@ours.example'], action = 'quarantine', record = asks } = wish;
  const { outcome } = await judge({ from: 'bank.example' }, { 'bank.example': record });
  const counted: AggregateRow[] = [];
  const { traces } = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  const from = (): Address | undefined => {
    const address = parseAddress('reports@ours.example', { smtpUtf8: false });
    return address.ok && wish.unnamed === undefined ? address.value : undefined;
  };
  const trace = traceRecord({
    envelope: {
      from: 'b@bulk.example',
      to: to.map((address) => ({ address, outcome: 'accepted' })),
      sizeBytes: 1,
    },
    facts: { dmarc: outcome },
    verdict: { action, by: 'x', score: 0, status: '2.0.0', text: '' },
  });
  reportedTraces(traces, { book: { count: (row) => counted.push(row) }, from }).add(trace);
  assert.ok((await traces.get(trace.id)).ok, 'the trace is added all the same');
  return counted;
}

test('I-47: what a domain asks to hear of is counted with its trace, and names nobody (S-11)', async () => {
  const [row] = await countedOf({});
  assert.deepEqual([row?.published.domain, row?.envelopeFrom], ['bank.example', 'bulk.example']);
  assert.ok(!JSON.stringify({ ...row, published: undefined }).includes('@'));
});

test('nothing is counted where nobody asks, nobody reports, or the message comes again', async () => {
  for (const wish of [
    { record: 'v=DMARC1; p=reject' },
    { unnamed: true as const },
    { action: 'defer' as const },
  ])
    assert.deepEqual(await countedOf(wish), []);
});

test('a report begets no report: mail to addresses for reports alone is not counted', async () => {
  for (const to of [
    'dmarc-reports@ours.example',
    'DMARC-Reports+x@ours.example',
    'tls-reports@ours.example',
    'Reports@ours.example',
  ])
    assert.deepEqual(await countedOf({ to: [to] }), [], to);
  assert.equal((await countedOf({ to: ['dmarc-reports@ours.example', 'user@ours.example'] })).length, 1);
});
