import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networksOf, networkSet, parseClientAddress, parseNetwork } from './client-address.ts';

const spellings: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['::FFFF:cb00:7105', '203.0.113.5'],
  ['64:ff9b::cb00:7105', '203.0.113.5'],
  ['64:ff9b::203.0.113.5', '203.0.113.5'],
  ['::203.0.113.5', '::cb00:7105'],
  ['2001:db8::203.0.113.5', '2001:db8::cb00:7105'],
  ['::203.0.113', undefined],
  ['::203.0.113.256', undefined],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::1', '::1'],
  ['::', '::'],
  ['203.0.113', undefined],
  ['0313.0.113.5', undefined],
  ['0x7f000001', undefined],
  ['2130706433', undefined],
  ['example.test', undefined],
  ['', undefined],
];

test('every spelling of an address is one address (S-07)', () => {
  for (const [text, canonical] of spellings) assert.equal(parseClientAddress(text), canonical, text);
});

test('addresses are counted under /64, /56, /48 and under /32, /24 (S-07)', () => {
  const v6 = parseClientAddress('2001:db8:1:2ab::5') ?? assert.fail();
  assert.deepEqual(networksOf(v6), ['2001:db8:1:2ab::/64', '2001:db8:1:200::/56', '2001:db8:1::/48']);
  const v4 = parseClientAddress('::ffff:203.0.113.5') ?? assert.fail();
  assert.deepEqual(networksOf(v4), ['203.0.113.5/32', '203.0.113.0/24']);
});

test('networks hold what lies in them and nothing else', () => {
  const networks = ['127.0.0.0/8', '::1', '2001:db8::/32'].map((text) => parseNetwork(text) ?? assert.fail());
  const set = networkSet(networks);
  for (const inside of ['127.0.0.1', '::ffff:127.9.9.9', '::1', '2001:db8:ffff::1']) {
    assert.equal(set.has(parseClientAddress(inside) ?? assert.fail()), true, inside);
  }
  for (const outside of ['128.0.0.1', '::2', '2001:db9::1', '0.0.0.1']) {
    assert.equal(set.has(parseClientAddress(outside) ?? assert.fail()), false, outside);
  }
});

test('a network holds its first and its last address, and not those beside it', () => {
  const cases = [
    ['203.0.113.128/25', '203.0.113.128', '203.0.113.255', '203.0.113.127', '203.0.114.0'],
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.6', '192.0.2.8'],
    ['255.255.255.255', '255.255.255.255', '255.255.255.255', '255.255.255.254', '0.0.0.0'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
  ];
  for (const [network = '', first = '', last = '', ...outside] of cases) {
    const set = networkSet([parseNetwork(network) ?? assert.fail(network)]);
    const holds = (text: string): boolean => set.has(parseClientAddress(text) ?? assert.fail(text));
    assert.deepEqual(
      [first, last, ...outside].map(holds),
      [true, true, ...outside.map(() => false)],
      network,
    );
  }
});

test('what is no network is refused', () => {
  for (const text of ['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', 'x/8', '10.0.0.0/-1', '']) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});
