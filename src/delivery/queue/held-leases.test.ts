import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '#store/contract/queue.ts';
import { HeldLeases } from './held-leases.ts';

function leaseOf(id: string, untilMs: number): Lease {
  const route = { kind: 'remote', domain: 'b.test' };
  const body = { kind: 'bytes', bytes: new Uint8Array(7) };
  const entry = { id: 'entry', recipients: [{ route }], body };
  return { id, entry, recipients: [0], attempt: 1, untilMs } as unknown as Lease;
}

test('S-12: the newest lease of a running attempt counts, in whatever order they come', () => {
  const held = new HeldLeases();
  const [first, second] = [leaseOf('first', 100), leaseOf('second', 200)];
  assert.equal(held.take(first), 'started');
  assert.equal(held.take(second), 'replaced');
  assert.equal(held.current(first), second);
  assert.equal(held.take(first), 'replaced');
  assert.equal(held.current(first), second);
  assert.equal(held.bodyBytes, 7);
  held.release(first);
  assert.equal(held.count, 0);
});
