import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { TraceId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { TraceBuilder, traceStepsMax } from './trace-builder.ts';
import { renderTrace } from './trace-view.ts';
import type { TraceSession } from './record.ts';

const session: TraceSession = {
  id: 's1',
  listener: 'mx',
  role: 'mx',
  client: '203.0.113.5',
  helo: 'evil\u001b[2J\r\nX: y',
};

function builder(): { readonly trace: TraceBuilder; readonly tick: (ms: number) => void } {
  let nowMs = 0;
  const clock = { ...createFakeClock(), now: () => 1_700_000_000_000, monotonic: () => nowMs };
  const id = '01J00000000000000000000000' as TraceId;
  return {
    trace: new TraceBuilder({ id, direction: 'inbound', session, clock }),
    tick: (ms) => (nowMs += ms),
  };
}

test('a step costs the time since the step before it', () => {
  const { trace, tick } = builder();
  tick(5);
  trace.step({ stage: 'mail', check: 'sender', outcome: 'pass' });
  tick(3);
  trace.mark();
  tick(2.126);
  trace.step({ stage: 'rcpt', check: 'relay', outcome: 'finding', action: 'refuse', status: '5.7.1' });
  const record = trace.finish({
    kind: 'attempt',
    verdict: { action: 'refuse', by: 'relay', score: 0, status: '5.7.1', text: 'no relaying' },
  });
  assert.deepEqual(
    record.steps.map((step) => step.ms),
    [5, 2.13],
  );
});

test('a record is bounded and says what it left out', () => {
  const { trace } = builder();
  for (let i = 0; i < traceStepsMax + 7; i += 1) {
    trace.step({ stage: 'rcpt', check: 'recipient', outcome: 'pass' });
  }
  const record = trace.finish({
    kind: 'attempt',
    verdict: { action: 'refuse', by: 'x', score: 0, status: '5.7.1', text: 'x' },
  });
  assert.equal(record.steps.length, traceStepsMax);
  assert.equal(record.facts['entriesNotKept'], 7);
});

test('each audience sees what it may, and no control character', () => {
  const { trace } = builder();
  trace.step({
    stage: 'message',
    check: 'classifier',
    outcome: 'finding',
    action: 'refuse',
    score: 12,
    reason: 'it looks like spam, and a list has the connecting address 203.0.113.5 as bad',
    evidence: { words: 'secret weights' },
  });
  const record = trace.finish({
    kind: 'attempt',
    envelope: {
      from: 'a@example.org',
      to: [{ address: 'b@example.test', outcome: 'refused' }],
      sizeBytes: 9,
    },
    verdict: { action: 'refuse', by: 'classifier', score: 12, status: '5.7.1', text: 'message refused' },
  });
  const admin = renderTrace(record, 'admin').join('\n');
  const recipient = renderTrace(record, 'recipient').join('\n');
  const sender = renderTrace(record, 'sender').join('\n');
  assert.match(admin, /secret weights/);
  assert.match(recipient, /looks like spam/);
  assert.doesNotMatch(recipient, /secret weights|203\.0\.113\.5|12/);
  const brought = {
    ...record,
    session: { ...record.session, client: '198.51.100.1' },
    facts: { ...record.facts, origin: { kind: 'found', client: '203.0.113.5' } },
  };
  assert.doesNotMatch(renderTrace(brought, 'recipient').join('\n'), /203\.0\.113\.5/, 'I-59');
  assert.match(sender, /5\.7\.1 message refused/);
  assert.doesNotMatch(sender, /spam|classifier|203\.0\.113\.5|b@example/);
  // oxlint-disable-next-line no-control-regex
  for (const view of [admin, recipient, sender]) assert.doesNotMatch(view, /[\u001b\r]/);
});
