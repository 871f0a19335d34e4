import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '#mail/address.ts';
import { OwedReports } from '#delivery/dmarc-reports/owed-reports.ts';
import { rowAbout } from '#delivery/dmarc-reports/report-row.fixture.ts';
import { schemaProblems } from '#delivery/dmarc-reports/report-schema.fixture.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { AnyOperation } from '../operation.ts';
import type { AdminWorld } from '../world.ts';
import { reportsPreview } from './reports-preview.ts';
import { reportsSent } from './reports-sent.ts';

/** 2026-01-01. */
const day = 20_454;

function makeWorld(reporter: string | undefined): AdminWorld {
  const nothing = (): void => undefined;
  const book = new OwedReports({ clock: createFakeClock(), tallyChanged: nothing, sentChanged: nothing });
  book.count(rowAbout('a.example'));
  book.count(rowAbout('b.example'));
  book.note({
    day,
    domain: 'a.example',
    messages: 7,
    rows: 2,
    atMs: 0,
    destinations: [
      { uri: 'mailto:in@a.example', to: 'in@a.example', outcome: 'queued', detail: 'Q1' },
      { uri: 'mailto:v@victim.example', to: '', outcome: 'refused', detail: 'no consent' },
    ],
  });
  const from = reporter === undefined ? undefined : parseAddress(reporter, { smtpUtf8: false });
  const settings = { isOn: true, from: from?.ok ? [from.value] : [], organization: '', contact: '' };
  return { version: '0', owedReports: { book, settings } } as unknown as AdminWorld;
}

async function shown(
  operation: AnyOperation,
  input: unknown,
  reporter: string | undefined = 'reports@ours.example',
): Promise<string> {
  const context = { progress: () => undefined, signal: new AbortController().signal };
  const output = await operation.run(makeWorld(reporter), input, context);
  assert.ok(output.ok);
  assert.deepEqual(JSON.parse(JSON.stringify(output.value)), output.value);
  return operation.render(output.value).join('\n');
}

test('reports sent tells to whom each report went, and why not (I-47)', async () => {
  const words = await shown(reportsSent, {});
  assert.match(words, /2026-01-01 +a\.example +7 +in@a\.example +queued: Q1/);
  assert.match(words, /mailto:v@victim\.example +refused: no consent/);
  assert.match(await shown(reportsSent, { domain: 'b.example' }), /^No DMARC report was sent/);
});

test('reports preview tells what is counted, and of one domain the report itself', async () => {
  const all = await shown(reportsPreview, {});
  assert.match(all, /2026-01-01 +a\.example +1 +1 +mailto:reports@a\.example/);
  assert.match(all, /b\.example/);
  assert.ok(!all.includes('<feedback'));
  const one = await shown(reportsPreview, { domain: 'a.example' });
  assert.deepEqual(schemaProblems(one.slice(one.indexOf('<?xml')).concat('\n')), []);
  assert.ok(!one.includes('b.example'));
});

test('without a reporter preview says how to name one', async () => {
  assert.match(await shown(reportsPreview, { domain: 'a.example' }, ''), /dmarc\.reports_from/);
});
