import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseClientAddress } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import { parseFlowRow } from '#policy/flow/flow-row.ts';
import { defaultLimits } from './connection-limits.ts';
import { FlowControl } from './flow-control.ts';

/**
 * What flow control of Axigen's listeners and services can do (I-92), line by line: its four limits, its rules by network
 * and mask, range or single address with a priority, on a listener over those on a service. Each row says who connects
 * to which listener and what comes of it.
 */
type Connect = readonly [listener: 'mx' | 'mx2' | 'imap', client: string, expected: string];
interface Row {
  readonly what: string;
  readonly rows: readonly string[];
  readonly connects: readonly Connect[];
}

const ok = 'in';
const table: readonly Row[] = [
  {
    what: 'maximum simultaneous connections of a listener',
    rows: ['listener:mx open=2'],
    connects: [
      ['mx', '192.0.2.1', ok],
      ['mx', '192.0.2.2', ok],
      ['mx', '192.0.2.3', 'connections'],
      ['mx2', '192.0.2.3', ok],
    ],
  },
  {
    what: 'simultaneous connections from one address',
    rows: ['listener:mx per-address=1'],
    connects: [
      ['mx', '192.0.2.1', ok],
      ['mx', '192.0.2.1', 'connections-per-address'],
      ['mx', '192.0.2.2', ok],
      ['mx2', '192.0.2.1', ok],
    ],
  },
  {
    what: 'new connections in an interval',
    rows: ['listener:mx new=2 interval=1m'],
    connects: [
      ['mx', '192.0.2.1', ok],
      ['mx', '192.0.2.2', ok],
      ['mx', '192.0.2.3', 'rate'],
      ['imap', '192.0.2.3', ok],
    ],
  },
  {
    what: 'new connections in an interval from one address',
    rows: ['listener:mx new-per-address=1 interval=1m'],
    connects: [
      ['mx', '192.0.2.1', ok],
      ['mx', '192.0.2.1', 'rate-per-address'],
      ['mx', '192.0.2.2', ok],
    ],
  },
  {
    what: 'deny a network by mask, a range, a single address',
    rows: [
      'rule:net deny 192.0.2.0/25',
      'rule:range deny 192.0.2.200-192.0.2.210',
      'rule:one deny 2001:db8::7',
    ],
    connects: [
      ['mx', '192.0.2.127', 'rule net'],
      ['mx', '192.0.2.128', ok],
      ['mx', '192.0.2.200', 'rule range'],
      ['mx', '192.0.2.210', 'rule range'],
      ['mx', '192.0.2.211', ok],
      ['mx', '2001:db8::7', 'rule one'],
      ['mx', '2001:db8::8', ok],
    ],
  },
  {
    what: 'allow all but those that are named: the lower priority number goes first',
    rows: ['rule:ours allow 198.51.100.0/24 priority=1', 'rule:rest deny 0.0.0.0/0 priority=2'],
    connects: [
      ['mx', '198.51.100.9', ok],
      ['mx', '192.0.2.1', 'rule rest'],
    ],
  },
  {
    what: 'a rule of a listener goes before one of its service, whatever their priorities',
    rows: [
      'rule:service deny 192.0.2.0/24 on=service:mx priority=0',
      'rule:listener allow 192.0.2.7 on=listener:mx priority=999',
    ],
    connects: [
      ['mx', '192.0.2.7', ok],
      ['mx2', '192.0.2.7', 'rule service'],
      ['imap', '192.0.2.7', ok],
    ],
  },
  {
    what: 'and one of a service before one of the server',
    rows: ['rule:all deny 192.0.2.7 priority=0', 'rule:service allow 192.0.2.7 on=service:imap'],
    connects: [
      ['imap', '192.0.2.7', ok],
      ['mx', '192.0.2.7', 'rule all'],
    ],
  },
  {
    what: 'the limit of a listener goes before that of its service, that before the server’s',
    rows: ['server per-address=1', 'service:mx per-address=2', 'listener:mx2 per-address=3'],
    connects: [
      ['imap', '192.0.2.7', ok],
      ['imap', '192.0.2.7', 'connections-per-address'],
      ['mx', '192.0.2.7', ok],
      ['mx', '192.0.2.7', ok],
      ['mx', '192.0.2.7', 'connections-per-address'],
      ['mx2', '192.0.2.7', ok],
      ['mx2', '192.0.2.7', ok],
      ['mx2', '192.0.2.7', ok],
      ['mx2', '192.0.2.7', 'connections-per-address'],
    ],
  },
  {
    what: 'limits of their own for those of a named list',
    rows: ['rule:partners limit @partners open=1'],
    connects: [
      ['mx', '198.51.100.1', ok],
      ['imap', '198.51.100.2', 'connections'],
      ['imap', '192.0.2.2', ok],
    ],
  },
  {
    what: 'the local block list denies, the local allow list lets past the limits of an address',
    rows: ['listener:mx per-address=1', 'rule:a allow @allowlist', 'rule:b deny @blocklist'],
    connects: [
      ['mx', '203.0.113.9', 'rule b'],
      ['mx', '198.51.100.1', ok],
      ['mx', '198.51.100.1', ok],
    ],
  },
];

for (const { what, rows, connects } of table)
  test(`${what} (I-92)`, () => {
    const partners = networkSet(['198.51.100.0/24' as Network]);
    const blocked = networkSet(['203.0.113.0/24' as Network]);
    const named = new Map([
      ['partners', partners],
      ['allowlist', partners],
      ['blocklist', blocked],
    ]);
    const parsed = rows.map((text) => {
      const row = parseFlowRow(text);
      return row.ok ? row.value : assert.fail(`${text}: ${row.error}`);
    });
    const flow = new FlowControl({
      settings: { rows: parsed },
      defaults: { ...defaultLimits },
      networks: (name) => named.get(name),
    });
    const gates = {
      mx: flow.gate('mx', 'mx'),
      mx2: flow.gate('mx2', 'mx'),
      imap: flow.gate('imap', 'imap'),
    };
    for (const [index, [listener, client, expected]] of connects.entries()) {
      const address = parseClientAddress(client) ?? assert.fail(client);
      const admission = gates[listener].admit(address, false, 1000);
      const rule = admission.hit === 'rule' ? ` ${admission.rule}` : '';
      assert.equal((admission.hit ?? ok) + rule, expected, `${index}: ${client} to ${listener}`);
    }
  });
