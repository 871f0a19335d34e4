import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { planDestination } from './destination-plan.ts';
import type { DestinationPlan } from './destination-plan.ts';
import type { DestinationRules } from './destination-rules.ts';

const never = new AbortController().signal;

function rulesWith(
  changes: Partial<DestinationRules> = {},
  listed: readonly string[] = [],
): DestinationRules {
  return {
    port: 25,
    privateDestinations: networkSet(
      listed.map((one) => parseNetwork(one)).filter((one) => one !== undefined),
    ),
    destinations: 'all',
    ownAddresses: new Set(['198.51.100.1' as ClientAddress]),
    ownPorts: new Set([25, 587]),
    ownNames: new Set(['mail.us.test']),
    localAddresses: [],
    ...changes,
  };
}

const zone: ZoneTable = {
  'one.test': { MX: ['10 mx.one.test'] },
  'mx.one.test': { A: ['5.6.7.8'], AAAA: ['2a00::1'] },
  'many.test': { MX: ['20 c.many.test', '10 a.many.test', '10 b.many.test'] },
  'a.many.test': { A: ['5.6.7.1'] },
  'b.many.test': { A: ['5.6.7.2'] },
  'c.many.test': { A: ['5.6.7.3'] },
  'plain.test': { A: ['5.6.7.9'] },
  'null.test': { MX: ['0 .'], A: ['5.6.7.9'] },
  'broken.test': 'servfail',
  'hostless.test': { MX: ['10 nowhere.test'] },
  'half.test': { MX: ['10 broken.test'] },
  'loop4.test': { MX: ['10 l4.test'] },
  'l4.test': { A: ['127.0.0.1'] },
  'own.test': { MX: ['10 o.test'] },
  'o.test': { A: ['198.51.100.1'] },
  'backup.test': { MX: ['10 a.many.test', '20 mail.us.test', '30 c.many.test'] },
  'us.test': { MX: ['10 mail.us.test', '20 c.many.test'] },
  'alias.test': { MX: ['10 cn.test'] },
  'cn.test': { CNAME: ['l4.test'] },
  'mixed.test': { MX: ['10 l4.test', '20 priv.test', '30 a.many.test'] },
  'priv.test': { A: ['10.0.0.9'] },
  'odd.test': { MX: ['10 exa mple', '20 a.many.test'] },
  'odder.test': { MX: ['10 exa mple'] },
  'underscore.test': { MX: ['10 mail_1.test'] },
  'mail_1.test': { A: ['5.6.7.10'] },
  'wide.test': { AAAA: [1, 2, 3, 4, 5, 6].map((n) => `2a00::${n}`), A: ['5.6.7.11', '5.6.7.12'] },
};

function plan(name: string, rules = rulesWith({ ownPorts: new Set([587]) })): Promise<DestinationPlan> {
  const parts = { resolver: createFakeResolver(zone), random: createFakeRandom(5), rules };
  return planDestination(parts, name as Domain, never);
}

function shown(made: DestinationPlan): string {
  if (made.kind === 'servers') return made.servers.map((one) => one.address).join(' ');
  return 'status' in made ? `${made.kind} ${made.status}` : made.kind;
}

test('where mail for a domain goes', async () => {
  const table: readonly (readonly [string, string])[] = [
    ['one.test', '2a00::1 5.6.7.8'],
    ['plain.test', '5.6.7.9'],
    ['null.test', 'failed 5.1.10'],
    ['absent.test', 'failed 5.1.2'],
    ['broken.test', 'later 4.4.3'],
    ['hostless.test', 'failed 5.4.4'],
    ['half.test', 'later 4.4.3'],
    ['backup.test', '5.6.7.1'],
    ['us.test', 'failed 5.4.6'],
    ['odd.test', '5.6.7.1'],
    ['odder.test', 'failed 5.4.4'],
    ['underscore.test', '5.6.7.10'],
    ['[5.6.7.7]', '5.6.7.7'],
    ['[IPv6:2a00::7]', '2a00::7'],
    ['mixed.test', '5.6.7.1'],
  ];
  for (const [name, expected] of table) assert.equal(shown(await plan(name)), expected, name);
});

test('by preference, and by chance within one', async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const parts = { resolver: createFakeResolver(zone), random: createFakeRandom(seed), rules: rulesWith() };
    orders.add(shown(await planDestination(parts, 'many.test' as Domain, never)));
  }
  assert.deepEqual([...orders].sort(), ['5.6.7.1 5.6.7.2 5.6.7.3', '5.6.7.2 5.6.7.1 5.6.7.3']);
});

test('of a host with many addresses both kinds are tried: many a server has no IPv6', async () => {
  const kinds = shown(await plan('wide.test'))
    .split(' ')
    .map((address) => (address.includes(':') ? 6 : 4));
  assert.deepEqual(kinds, [6, 4, 6, 4, 6]);
});

test('S-06: what leads to a loopback, private, link-local or own address fails for good', async () => {
  for (const name of ['loop4.test', 'own.test', 'alias.test']) {
    assert.equal(shown(await plan(name)), 'failed 5.7.1', name);
  }
  const addresses = [
    '127.0.0.1',
    '127.9.9.9',
    'IPv6:::1',
    '169.254.169.254',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '0.1.2.3',
    '255.255.255.255',
    '224.0.0.1',
    '198.51.100.1',
    'IPv6:fe80::1',
    'IPv6:fd00::1',
    'IPv6:fec0::1',
    'IPv6:::7f00:1',
    'IPv6:::ffff:127.0.0.1',
    'IPv6:64:ff9b::7f00:1',
    'IPv6:2002:7f00:1::1',
    'IPv6:::',
  ];
  for (const address of addresses) assert.equal(shown(await plan(`[${address}]`)), 'failed 5.7.1', address);
});

test('S-06: networks that are named for it may be used, our own listeners never', async () => {
  const listed = rulesWith({ port: 2525 }, ['127.0.0.0/8', '10.0.0.0/8']);
  assert.equal(shown(await plan('loop4.test', listed)), '127.0.0.1');
  assert.equal(shown(await plan('priv.test', listed)), '10.0.0.9');
  assert.equal(shown(await plan('[192.168.0.1]', listed)), 'failed 5.7.1');
  assert.equal(shown(await plan('loop4.test', { ...listed, port: 587 })), 'failed 5.4.6');
});

test('a trial server holds what would leave for the Internet, and says what to do', async () => {
  const rules = rulesWith({ destinations: 'private', port: 2525 }, ['127.0.0.0/8']);
  const held = await plan('one.test', rules);
  assert.equal(held.kind, 'held');
  assert.match(held.kind === 'held' ? held.text : '', /your-domain\.md/);
  assert.equal(shown(await plan('broken.test', rules)), 'held');
  // Whatever DNS says or does not say: a trial server gives nothing back for it.
  for (const name of ['nosuch.test', 'null.test', 'half.test', 'hostless.test', '[5.6.7.8]']) {
    assert.equal(shown(await plan(name, rules)), 'held', name);
  }
  const deaf = createFakeResolver(zone, { fails: () => true });
  const parts = { resolver: deaf, random: createFakeRandom(5), rules };
  assert.equal(shown(await planDestination(parts, 'one.test' as Domain, never)), 'held');
  assert.equal(shown(await plan('priv.test', rules)), 'failed 5.7.1', 'private but not listed');
  assert.equal(shown(await plan('loop4.test', rules)), '127.0.0.1');
});
