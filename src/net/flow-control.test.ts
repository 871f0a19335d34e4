import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import { parseFlowRow } from '#policy/flow/flow-row.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { defaultLimits } from './connection-limits.ts';
import { FlowControl } from './flow-control.ts';
import type { Gate } from './gate.ts';
import { ObservedValues } from './observed-values.ts';
import { readKeptScope } from './read-kept-scope.ts';

function address(text: string): ClientAddress {
  return parseClientAddress(text) ?? assert.fail(text);
}

function rows(...texts: readonly string[]): readonly FlowRow[] {
  return texts.map((text) => {
    const row = parseFlowRow(text);
    return row.ok ? row.value : assert.fail(row.error);
  });
}

function world(...texts: readonly string[]) {
  const settings = { rows: rows(...texts) };
  const defaults = { ...defaultLimits };
  const office = networkSet(['198.51.100.0/24' as Network]);
  const networks = (name: string) => (name === 'office' ? office : undefined);
  const flow = new FlowControl({ settings, defaults, networks });
  return { settings, defaults, flow, mx: flow.gate('mx', 'mx'), imap: flow.gate('imaps', 'imap') };
}

function hits(gate: Gate, client: string, times = 1, nowMs = 0): readonly (string | undefined)[] {
  return Array.from({ length: times }, () => gate.admit(address(client), false, nowMs).hit);
}

test('the server’s total holds over all listeners; what is not let in is counted nowhere (P-29)', () => {
  const { mx, imap, flow } = world('server open=3');
  assert.deepEqual(hits(mx, '192.0.2.1', 2), [undefined, undefined]);
  assert.deepEqual(hits(imap, '192.0.2.2', 2), [undefined, 'connections']);
  const report = flow.report();
  const [server, imaps] = ['server', 'listener:imaps'].map((name) =>
    report.find(({ scope }) => scope === name),
  );
  assert.deepEqual([server?.open, imaps?.open, server?.limits[0]?.hits], [3, 1, 1]);
  mx.release(address('192.0.2.1'), { hit: undefined });
  assert.deepEqual(hits(imap, '192.0.2.2'), [undefined]);
});

test('a connection that its listener refuses does not stay in the server’s count', () => {
  const { mx, flow } = world('server open=100', 'listener:mx per-address=1');
  hits(mx, '192.0.2.1', 50);
  assert.equal(flow.report()[0]?.open, 1);
});

test('listener over service over server, live (P-33, I-92)', () => {
  const { mx, imap, settings } = world('server per-address=1');
  assert.deepEqual(hits(mx, '192.0.2.1', 2), [undefined, 'connections-per-address']);
  settings.rows = rows('server per-address=1', 'service:imap per-address=2', 'service:mx per-address=9');
  assert.deepEqual(hits(imap, '192.0.2.1', 3), [undefined, undefined, 'connections-per-address']);
  settings.rows = rows('service:imap per-address=2', 'listener:imaps per-address=3');
  assert.deepEqual(hits(imap, '192.0.2.1', 2), [undefined, 'connections-per-address']);
  settings.rows = [];
  assert.deepEqual(hits(imap, '192.0.2.1', 2), [undefined, undefined]);
});

test('the interval is set like the rest (P-31)', () => {
  const { mx, settings } = world('listener:mx new-per-address=2 interval=10s');
  assert.deepEqual(hits(mx, '192.0.2.1', 3, 1000), [undefined, undefined, 'rate-per-address']);
  assert.deepEqual(hits(mx, '192.0.2.1', 1, 30_000), [undefined]);
  settings.rows = rows('listener:mx new-per-address=2 interval=1h');
  assert.deepEqual(hits(mx, '192.0.2.1', 3, 31_000), [undefined, undefined, 'rate-per-address']);
  assert.deepEqual(hits(mx, '192.0.2.1', 1, 60_000), ['rate-per-address']);
});

test('rules deny, allow past the limits of an address, and limit who fits (I-89, I-92)', () => {
  const { mx, imap } = world(
    'server per-address=1',
    'rule:bad deny 203.0.113.0/24',
    'rule:office allow @office on=listener:imaps',
    'rule:some limit 192.0.2.0-192.0.2.99 open=2',
  );
  assert.deepEqual(mx.admit(address('::ffff:203.0.113.9'), true, 0), { hit: 'rule', rule: 'bad' });
  assert.deepEqual(hits(imap, '198.51.100.7', 3), [undefined, undefined, undefined]);
  assert.deepEqual(hits(mx, '198.51.100.7', 2), [undefined, 'connections-per-address']);
  assert.deepEqual(
    ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.100'].map((client) => hits(mx, client)[0]),
    [undefined, undefined, 'connections', undefined],
  );
});

test('a rule’s connections are given back to it, also when it is gone meanwhile', () => {
  const { mx, settings, flow } = world('rule:some limit 192.0.2.0/24 open=1');
  const admission = mx.admit(address('192.0.2.1'), false, 0);
  assert.deepEqual(hits(mx, '192.0.2.2'), ['connections']);
  const { rows: before } = settings;
  settings.rows = [];
  mx.release(address('192.0.2.1'), admission);
  settings.rows = before;
  assert.deepEqual(hits(mx, '192.0.2.2'), [undefined]);
  assert.deepEqual(
    flow.report().map(({ scope, open }) => [scope, open]),
    [
      ['server', 1],
      ['service:mx', 1],
      ['service:imap', 0],
      ['listener:mx', 1],
      ['listener:imaps', 0],
      ['rule:some', 1],
    ],
  );
});

test('peaks and percentiles stand beside each limit, with a proposal (P-33)', () => {
  const { mx, flow } = world('listener:mx new=500');
  for (let index = 0; index < 400; index += 1) hits(mx, `10.0.${index >> 8}.${index & 255}`);
  const report = flow.report().find(({ scope }) => scope === 'listener:mx');
  const limit = (name: string) => report?.limits.find((row) => row.name === name);
  assert.deepEqual([report?.open, report?.seen], [400, 400]);
  assert.deepEqual([limit('open')?.peak, limit('open')?.from], [400, 'default']);
  assert.deepEqual([limit('new')?.limit, limit('new')?.from], [500, 'listener:mx']);
  assert.equal(limit('per-address')?.p99, 1);
  assert.equal(limit('per-address')?.proposed, 10);
  assert.equal(limit('open')?.proposed, 2000);
});

test('observed values are right to an eighth, at any height', () => {
  for (const value of [0, 1, 15, 16, 17, 100, 1000, 65_535, 1_000_000, 3.2]) {
    const values = new ObservedValues();
    for (let index = 0; index < 100; index += 1) values.add(value, 0);
    values.add(value * 4 + 100, 0);
    const { p50, p99, peak, count } = values.read();
    const whole = Math.ceil(value);
    assert.equal(count, 101);
    assert.equal(peak, Math.ceil(value * 4 + 100));
    for (const told of [p50, p99]) assert.ok(told >= whole && told <= whole * 1.13, `${told} for ${value}`);
  }
});

test('what was seen is forgotten after a week', () => {
  const values = new ObservedValues();
  const dayMs = 86_400_000;
  values.add(1000, 0);
  values.add(1, 4 * dayMs);
  assert.equal(values.read().peak, 1000);
  values.add(1, 8 * dayMs);
  assert.equal(values.read().peak, 1);
});

test('what was seen outlives a restart, with its age (P-33)', () => {
  const dayMs = 86_400_000;
  const before = world('rule:some limit 192.0.2.0/24 open=2');
  hits(before.mx, '192.0.2.1', 3, 5000);
  const kept = JSON.parse(JSON.stringify(before.flow.keep(dayMs))) as ReturnType<FlowControl['keep']>;
  const seen = (flow: FlowControl, scope: string, name: string) =>
    flow
      .report()
      .find((row) => row.scope === scope)
      ?.limits.find((row) => row.name === name);
  const restored = (passedMs: number) => {
    const { flow, mx } = world('rule:some limit 192.0.2.0/24 open=2');
    for (const scope of kept) flow.restore(scope, { nowMs: 100, passedMs });
    return { flow, mx };
  };
  const { flow, mx } = restored(dayMs);
  assert.deepEqual([seen(flow, 'listener:mx', 'open')?.peak, seen(flow, 'rule:some', 'open')?.hits], [3, 1]);
  assert.equal(seen(flow, 'service:mx', 'open')?.peak, 2);
  assert.equal(flow.report()[0]?.open, 0, 'nobody is connected for that');
  hits(mx, '198.51.100.1', 1, 200);
  assert.equal(seen(flow, 'listener:mx', 'open')?.peak, 3, 'and is added to');
  assert.equal(seen(restored(30 * dayMs).flow, 'listener:mx', 'open')?.peak, 0, 'too old');
  assert.deepEqual(
    before.flow.keep(dayMs).map(({ scope }) => scope),
    ['server', 'service:mx', 'service:imap', 'listener:mx', 'listener:imaps', 'rule:some'],
  );
  before.settings.rows = [];
  for (let count = 0; count < 2; count += 1) before.mx.release(address('192.0.2.1'), { hit: undefined });
  assert.equal(before.flow.keep(dayMs).length, 6, 'those of a rule are still open');
});

test('what was kept by another version is observed anew', () => {
  const half = { peak: 1, hits: 2, counts: [[1, 3]] };
  const values = { ageMs: 5, newer: half, older: half };
  const good = { scope: 'server', keptAtMs: 7, limits: { connections: values } };
  assert.deepEqual(readKeptScope(good)?.row, good);
  for (const bad of [
    null,
    'x',
    [],
    {},
    { ...good, scope: 1 },
    { ...good, keptAtMs: -1 },
    { ...good, limits: [] },
  ])
    assert.equal(readKeptScope(bad), undefined);
  for (const bad of [{}, { ...values, ageMs: 'x' }, { ...values, newer: { ...half, counts: [[1]] } }])
    assert.deepEqual(readKeptScope({ ...good, limits: { connections: bad } })?.row.limits, {});
  const far = new ObservedValues();
  far.restore({ ageMs: 0, newer: { ...half, counts: [[1e9, 5]] }, older: half } as never, {
    nowMs: 0,
    passedMs: 0,
  });
  assert.equal(far.read().count, 3);
});

test('strangers leave a part of the totals to those whom we know (S-09)', () => {
  const settings = { rows: rows('server open=10') };
  const flow = new FlowControl({
    settings,
    defaults: { ...defaultLimits },
    networks: () => undefined,
    reserve: () => 0.2,
  });
  const gate = flow.gate('mx', 'mx');
  const flood = Array.from({ length: 50 }, (_, index) => hits(gate, `10.0.0.${index}`)[0]);
  assert.equal(flood.filter((hit) => hit === undefined).length, 8);
  const refused = gate.admit(address('192.0.2.1'), false, 0);
  assert.ok(refused.hit === 'connections' && refused.ifKnown !== undefined);
  assert.equal(refused.ifKnown(0).hit, undefined);
  assert.equal(gate.admit(address('192.0.2.2'), true, 0).hit, undefined, 'exempt ones as well');
  const over = gate.admit(address('192.0.2.3'), false, 0);
  assert.ok(
    over.hit === 'connections' && over.ifKnown?.(0).hit === 'connections',
    'and no more than there is',
  );
  assert.equal(flow.report()[0]?.open, 10);
});

test('strangers who keep coming do not use up the rate that is kept for those whom we know', () => {
  const flow = new FlowControl({
    settings: { rows: rows('listener:mx new=10 interval=1m') },
    defaults: { ...defaultLimits },
    networks: () => undefined,
    reserve: () => 0.2,
  });
  const gate = flow.gate('mx', 'mx');
  const flood = Array.from({ length: 200 }, (_, index) => hits(gate, `10.0.0.${index}`)[0]);
  assert.equal(flood.filter((hit) => hit === undefined).length, 8);
  const refused = gate.admit(address('192.0.2.1'), false, 0);
  assert.ok(refused.hit === 'rate');
  assert.equal(refused.ifKnown?.(0).hit, undefined);
});

test('a client that is refused as a stranger and let in as known has come once (P-31)', () => {
  const limits = ['server open=4 new=3', 'listener:mx new-per-address=2 new=2 interval=1m'];
  const flow = new FlowControl({
    settings: { rows: rows(...limits) },
    defaults: { ...defaultLimits },
    networks: () => undefined,
    reserve: () => 0.5,
  });
  const gate = flow.gate('mx', 'mx');
  const come = (): string | undefined => {
    const asked = gate.admit(address('192.0.2.1'), false, 0);
    return asked.hit === undefined ? undefined : (asked.ifKnown?.(0) ?? asked).hit;
  };
  assert.deepEqual([come(), come(), come()], [undefined, undefined, 'rate-per-address']);
});
