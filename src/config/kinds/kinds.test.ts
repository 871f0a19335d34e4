import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress, Network } from '#base/client-address.ts';
import type { Kind } from '../kind.ts';
import { boolean } from './boolean.ts';
import { domain } from './domain.ts';
import { duration } from './duration.ts';
import { integer } from './integer.ts';
import { canonicalAddress, endpoint, ipAddress, ipNetwork, networkContains } from './ip-address.ts';
import { list } from './list.ts';
import { mailAddress } from './mail-address.ts';
import { masterKey } from './master-key.ts';
import { size } from './size.ts';
import { string } from './string.ts';
import { union } from './union.ts';

const upToDay = duration({ minMs: 0, maxMs: 86_400_000 });
const upToGigabyte = size({ minBytes: 1, maxBytes: 1024 ** 3 });

type Row = readonly [kind: Kind<unknown>, text: string, value: unknown];

const accepted = [
  [string(), 'some text', 'some text'],
  [boolean, 'true', true],
  [integer({ min: 1, max: 10 }), '10', 10],
  [upToDay, '15m', 900_000],
  [upToDay, '1 D', 86_400_000],
  [upToDay, '0', 0],
  [upToGigabyte, '50MiB', 52_428_800],
  [upToGigabyte, '1gib', 1024 ** 3],
  [domain, 'Bücher.Example', 'xn--bcher-kva.example'],
  [ipAddress, '::ffff:192.0.2.1', '192.0.2.1'],
  [ipAddress, '2001:DB8:0::1', '2001:db8::1'],
  [ipNetwork, '10.0.0.0/8', '10.0.0.0/8'],
  [ipNetwork, '::1', '::1/128'],
  [endpoint, '[2001:db8::1]:53', { address: '2001:db8::1', port: 53 }],
  [list(integer({ min: 1, max: 9 })), '1, 2,3', [1, 2, 3]],
  [union(['a', 'b']), 'b', 'b'],
  [mailAddress, 'User@Example.test', { local: 'User', domain: 'example.test' }],
  [
    masterKey,
    'command:/usr/bin/pass show postern',
    { from: 'command', words: ['/usr/bin/pass', 'show', 'postern'] },
  ],
] as unknown as readonly Row[];

for (const [kind, text, value] of accepted)
  test(`"${text}" is ${kind.description}`, () => {
    const read = kind.read(kind.fromText(text));
    assert.deepEqual(read, { ok: true, value });
    assert.deepEqual(kind.read(kind.write(value)), { ok: true, value }, 'what is written can be read');
  });

const refused = [
  [string({ lengthMax: 3 }), 'four'],
  [string(), 'two\nlines'],
  [boolean, 'yes'],
  [integer({ min: 1, max: 10 }), '11'],
  [integer({ min: 1, max: 10 }), '1.5'],
  [upToDay, '2d'],
  [upToDay, '15'],
  [upToDay, '15 parsecs'],
  [upToGigabyte, '50MB'],
  [domain, 'not a domain'],
  [ipAddress, '127.1'],
  [ipAddress, 'fe80::1%eth0'],
  [ipNetwork, '10.0.0.1/8'],
  [ipNetwork, '10.0.0.0/33'],
  [endpoint, '192.0.2.1'],
  [endpoint, '192.0.2.1:0'],
  [union(['a', 'b']), 'c'],
  [mailAddress, 'nobody'],
  [mailAddress, '@a.test:user@b.test'],
  [masterKey, 'file:'],
] as unknown as readonly (readonly [Kind<unknown>, string])[];

for (const [kind, text] of refused)
  test(`"${text}" is not ${kind.description}`, () => {
    const read = kind.read(kind.fromText(text));
    assert.equal(read.ok, false);
  });

test('a network contains what lies in it, of its own family only', () => {
  const contains = (network: string, address: string): boolean =>
    networkContains(network as Network, address as ClientAddress);
  assert.equal(contains('10.0.0.0/8', '10.255.0.1'), true);
  assert.equal(contains('10.0.0.0/8', '11.0.0.1'), false);
  assert.equal(contains('::/0', '10.0.0.1'), false);
  assert.equal(canonicalAddress('300.1.1.1'), undefined);
});
