import type { TraceId } from '#base/id.ts';
import type { TraceRecord } from './record.ts';

/** The trace of a message that came in from somewhere and was accepted, but for what is given. */
export function traceRecord(given: Partial<TraceRecord> = {}): TraceRecord {
  return {
    v: 1,
    id: '01J00000000000000000000000' as TraceId,
    kind: 'message',
    at: '2026-01-01T00:00:00Z',
    direction: 'inbound',
    session: { id: 's', listener: 'mx', role: 'mx', client: '203.0.113.5' },
    facts: {},
    asked: [],
    steps: [],
    verdict: { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' },
    deliveries: [],
    ...given,
  };
}
