import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import { clientRange } from './client-range.ts';
import { flowRowId, parseFlowRow, spellFlowRow } from './flow-row.ts';
import type { FlowRow } from './flow-row.ts';
import { FlowRules } from './flow-rules.ts';
import { proposedLimit } from './proposed-limit.ts';

function address(text: string): ClientAddress {
  return parseClientAddress(text) ?? assert.fail(text);
}

function row(text: string): FlowRow {
  const parsed = parseFlowRow(text);
  assert.ok(parsed.ok, `${text}: ${parsed.ok ? '' : parsed.error}`);
  return parsed.value;
}

test('rows are read, and written as they are read', () => {
  const rows = [
    'server open=20000 new=600 interval=10s',
    'service:imap per-address=50 per-network=0',
    'listener:mx new=600 new-per-address=20 interval=1m',
    'rule:office allow 198.51.100.0/24',
    'rule:bad deny 203.0.113.7-203.0.113.99 on=listener:mx priority=10',
    'rule:partners limit @partners on=service:submission per-address=5',
  ];
  for (const text of rows) assert.equal(spellFlowRow(row(text)), text);
  assert.deepEqual(rows.map(row).map(flowRowId), [
    'server',
    'service:imap',
    'listener:mx',
    'rule:office',
    'rule:bad',
    'rule:partners',
  ]);
});

test('what is no row says why', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /must begin with/],
    ['service:gopher open=1', /must begin with/],
    ['listener: open=1', /must begin with/],
    ['server opne=1', /did you mean "open"/],
    ['server open=-1', /open must be/],
    ['server open', /open must be/],
    ['server interval=5', /interval must be/],
    ['rule:x', /allow, deny or limit/],
    ['rule:x permit 192.0.2.1', /allow, deny or limit/],
    ['rule:x deny', /must say whom/],
    ['rule:x deny 192.0.2.1/24', /must say whom/],
    ['rule:x deny 192.0.2.9-192.0.2.1', /must say whom/],
    ['rule:x deny 192.0.2.9-2001:db8::1', /must say whom/],
    ['rule:x deny 192.0.2.1 open=1', /so it must say limit/],
    ['rule:x limit 192.0.2.1', /sets none/],
    ['rule:x deny 192.0.2.1 on=mx', /on must be/],
    ['rule:x deny 192.0.2.1 priority=first', /priority must be/],
    ['rule:x\u0000 deny 192.0.2.1', /no name/],
    [`rule:x deny 192.0.2.1 ${' '.repeat(500)}`, /too long/],
  ];
  for (const [text, why] of wrong) {
    const parsed = parseFlowRow(text);
    assert.match(parsed.ok ? 'read' : parsed.error, why, text);
  }
});

test('ranges hold what lies between, in both families and no other', () => {
  const v4 = clientRange('192.0.2.7-192.0.3.1') ?? assert.fail();
  for (const inside of ['192.0.2.7', '192.0.2.255', '192.0.3.1', '::ffff:192.0.3.0'])
    assert.equal(v4.has(address(inside)), true, inside);
  for (const outside of ['192.0.2.6', '192.0.3.2', '::1'])
    assert.equal(v4.has(address(outside)), false, outside);
  const v6 = clientRange('2001:db8::5-2001:db8:0:1::') ?? assert.fail();
  for (const inside of ['2001:db8::5', '2001:db8::ffff:0:0', '2001:db8:0:1::'])
    assert.equal(v6.has(address(inside)), true, inside);
  for (const outside of ['2001:db8::4', '2001:db8:0:1::1', '192.0.2.1'])
    assert.equal(v6.has(address(outside)), false, outside);
});

test('listener over service over server, then by priority, then as written (I-89, I-92)', () => {
  const rows = [
    'rule:everywhere deny 192.0.2.0/24 priority=1',
    'rule:imap deny 192.0.2.0/25 on=service:imap priority=5',
    'rule:imaps allow 192.0.2.1 on=listener:imaps priority=900',
    'rule:first allow 192.0.2.200 priority=0',
    'rule:twin deny 192.0.2.200 priority=0',
    'rule:list allow @partners on=service:pop3',
    'rule:gone allow @nobody priority=0',
  ].map(row);
  const networks = (name: string) =>
    name === 'partners' ? networkSet(['192.0.2.66/32' as Network]) : undefined;
  const found = (listener: string, service: string, client: string) => {
    const rule = new FlowRules(rows, { listener, service, networks }).find(address(client));
    return rule === undefined ? undefined : `${rule.name} ${rule.action}`;
  };
  assert.equal(found('imaps', 'imap', '192.0.2.1'), 'imaps allow');
  assert.equal(found('imap', 'imap', '192.0.2.1'), 'imap deny');
  assert.equal(found('mx', 'mx', '192.0.2.1'), 'everywhere deny');
  assert.equal(found('mx', 'mx', '::ffff:192.0.2.1'), 'everywhere deny');
  assert.equal(found('mx', 'mx', '192.0.2.200'), 'first allow');
  assert.equal(found('pop3', 'pop3', '192.0.2.66'), 'list allow');
  assert.equal(found('mx', 'mx', '198.51.100.1'), undefined);
});

test('a proposal has room above the usual and the highest, and waits until enough was seen (P-33)', () => {
  assert.equal(proposedLimit({ count: 199, peak: 1000, p99: 1000 }), undefined);
  assert.equal(proposedLimit({ count: 200, peak: 1, p99: 1 }), 10);
  assert.equal(proposedLimit({ count: 5000, peak: 120, p99: 30 }), 300);
  assert.equal(proposedLimit({ count: 5000, peak: 40, p99: 39 }), 200);
});
