import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '#store/contract/queue.ts';
import { HeldLeases } from './held-leases.ts';

const remote = (domain: string) => ({ kind: 'remote', domain });

function leaseOf(id: string, untilMs: number, route: unknown = remote('b.test')): Lease {
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

test("recipients of ours and those of a domain that is named like them do not stand in each other's way", () => {
  const held = new HeldLeases();
  const ours = leaseOf('ours', 100, { kind: 'local', account: 'a' });
  for (const domain of ['local', 'undefined'])
    assert.equal(held.take(leaseOf(domain, 200, remote(domain))), 'started', domain);
  assert.equal(held.take(ours), 'started');
  assert.equal(held.current(ours), ours);
  assert.equal(held.count, 3);
});
