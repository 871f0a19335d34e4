import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networksOf, parseClientAddress, type Network } from '#base/client-address.ts';
import { ConnectionLimits, defaultLimits } from './connection-limits.ts';
import { SlidingCount } from './sliding-count.ts';

function address(text: string): readonly Network[] {
  return networksOf(parseClientAddress(text) ?? assert.fail(text));
}

test('IPv6 neighbours in a /64 count together, and mapped IPv4 with its plain form (P-30, S-07)', () => {
  const limits = new ConnectionLimits({ ...defaultLimits, perAddressMax: 2 });
  assert.equal(limits.admit(address('2001:db8::1'), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(limits.admit(address('2001:db8::2'), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(
    limits.admit(address('2001:db8::3'), { standing: 'stranger', nowMs: 0 }),
    'connections-per-address',
  );
  assert.equal(limits.admit(address('2001:db8:0:1::1'), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(limits.admit(address('203.0.113.5'), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(limits.admit(address('::ffff:203.0.113.5'), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(
    limits.admit(address('203.0.113.5'), { standing: 'stranger', nowMs: 0 }),
    'connections-per-address',
  );
  limits.release(address('203.0.113.5'));
  assert.equal(limits.admit(address('203.0.113.5'), { standing: 'stranger', nowMs: 0 }), undefined);
});

test('a neighbourhood has a limit of its own', () => {
  const limits = new ConnectionLimits({ ...defaultLimits, perAddressMax: 5, perNetworkMax: 3 });
  for (const last of [1, 2, 3])
    assert.equal(limits.admit(address(`192.0.2.${last}`), { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(
    limits.admit(address('192.0.2.4'), { standing: 'stranger', nowMs: 0 }),
    'connections-per-network',
  );
  assert.equal(limits.admit(address('192.0.3.4'), { standing: 'stranger', nowMs: 0 }), undefined);
});

test('a sliding window is right to ten percent, whatever the rhythm (P-31)', () => {
  const windowMs = 60_000;
  for (const everyMs of [50, 333, 1000]) {
    const count = new SlidingCount(windowMs);
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 5 * windowMs; nowMs += everyMs * (nowMs % 7000 < 3500 ? 1 : 3)) {
      times.push(nowMs);
      const told = count.add(nowMs);
      const exact = times.filter((time) => time > nowMs - windowMs).length;
      assert.ok(Math.abs(told - exact) <= Math.max(1, exact * 0.1), `${told} for ${exact} at ${nowMs}`);
    }
  }
});

test('a burst is forgotten a window later', () => {
  const count = new SlidingCount(60_000);
  for (let i = 0; i < 1000; i += 1) count.add(1000);
  assert.equal(count.read(30_000), 1000);
  assert.ok(count.read(61_000) < 1001);
  assert.equal(count.read(66_000), 0);
  assert.equal(count.read(10_000_000), 0);
});

test('what one address is refused for its own rate does not use up the rate of all (P-31)', () => {
  const limits = new ConnectionLimits({ ...defaultLimits, newMax: 50, newPerAddressMax: 10 });
  for (let count = 0; count < 500; count += 1) {
    const hit = limits.admit(address('203.0.113.5'), { standing: 'stranger', nowMs: 0 });
    if (hit === undefined) limits.release(address('203.0.113.5'));
    else assert.equal(hit, 'rate-per-address');
  }
  assert.equal(limits.admit(address('198.51.100.7'), { standing: 'stranger', nowMs: 0 }), undefined);
});
