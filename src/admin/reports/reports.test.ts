import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { keptReport, reportRow } from '#policy/dmarc-reports/kept-report.fixture.ts';
import type { KeptReport } from '#policy/dmarc-reports/kept-report.ts';
import { ReportBook } from '#policy/dmarc-reports/report-book.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

function world() {
  const clock = createFakeClock();
  const book = new ReportBook({ clock, changed: () => undefined });
  const add = (change: Partial<KeptReport>) => book.add(keptReport(clock.now(), change));
  return { add, world: { clock, receivedReports: book } as unknown as AdminWorld };
}

async function told(made: AdminWorld, name: string, input: unknown) {
  const found = findOperation(name);
  assert.ok(found !== undefined);
  const context = { progress: () => undefined, signal: new AbortController().signal };
  const output = await found.run(made, input, context);
  assert.ok(output.ok);
  assert.deepEqual(JSON.parse(JSON.stringify(output.value)), output.value, 'plain JSON');
  return { output: output.value as Record<string, unknown>, text: found.render(output.value).join('\n') };
}

const ours = '192.0.2.25/32' as Network;

test('I-46: who sends in the name of a domain, what others did with it, and what to do', async () => {
  const { add, world: made } = world();
  add({
    rows: [
      reportRow({ messages: 100, signer: 'letters.example' as Domain, disposition: 'quarantine' }),
      reportRow({ source: ours, messages: 7, dkimAligned: true, spfAligned: true }),
    ],
  });
  add({
    id: '2',
    reporter: 'other.example' as Domain,
    rows: [reportRow({ messages: 20, disposition: 'reject' })],
  });
  add({ id: '3', domain: 'example.org' as Domain, rows: [reportRow({ source: ours, spfAligned: true })] });
  const { output, text } = await told(made, 'reports show', { domain: 'example.test' });
  assert.equal(output['reports'], 2);
  assert.match(
    text,
    /203\.0\.113\.9\/32: 120 messages; aligned SPF 0, DKIM 0; taken 0, to Junk 100, refused 20/,
  );
  assert.match(
    text,
    /203\.0\.113\.9 sends 120 messages in the name of example\.test that nothing proves: it signs as letters\.example/,
  );
  assert.match(text, /all of it is proven to be yours/);
  assert.doesNotMatch(text, /example\.org/);
  assert.match(
    (await told(made, 'reports show', {})).text,
    /by SPF alone.*have 192\.0\.2\.25 sign with DKIM as example\.org/,
  );
});

test('I-46: what nothing proves is shown only when it is asked for', async () => {
  const { add, world: made } = world();
  add({ reporter: undefined, org: 'google.example', rows: [reportRow({ messages: 1 })] });
  for (const name of ['reports list', 'reports show'])
    assert.match((await told(made, name, {})).text, /^No reports/);
  const { output, text } = await told(made, 'reports list', { all: true });
  assert.match(text, /google\.example \(says who\?\)\s+1\s+1/);
  assert.equal((output['items'] as readonly Record<string, unknown>[])[0]?.['reporter'], null);
  assert.match((await told(made, 'reports show', { all: true })).text, /sends 1 message in the name/);
});
