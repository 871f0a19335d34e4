import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes } from '../address-bytes.ts';
import { ip4Network, ip6Network, isInNetwork } from './ip-network.ts';

const cases: readonly (readonly [network: string, inside: readonly string[], outside: readonly string[]])[] =
  [
    ['192.0.2.1', ['192.0.2.1'], ['192.0.2.0', '192.0.2.3', '::192.0.2.1']],
    ['192.0.2.8/29', ['192.0.2.8', '192.0.2.15'], ['192.0.2.7', '192.0.2.16']],
    ['192.0.2.9/31', ['192.0.2.8', '192.0.2.9'], ['192.0.2.10']],
    ['192.0.2.255/17', ['192.0.0.0', '192.0.127.255'], ['192.0.128.0']],
    ['0.0.0.0/0', ['255.255.255.255'], ['::', '::ffff:0:1']],
    ['2001:db8::/33', ['2001:db8::1', '2001:db8:7fff::'], ['2001:db8:8000::', '2001:db9::']],
    ['::/0', ['ffff::'], ['0.0.0.0']],
    ['::ffff:192.0.2.1/128', ['::ffff:192.0.2.1'], ['192.0.2.1']],
  ];

test('a network holds the addresses of its kind that agree in its bits (RFC 7208 §5.6)', () => {
  for (const [text, inside, outside] of cases) {
    const network = text.includes(':') ? ip6Network(text) : ip4Network(text);
    const holds = (address: string): boolean =>
      isInNetwork(addressBytes(address) ?? assert.fail(address), network);
    for (const address of inside) assert.equal(holds(address), true, `${address} in ${text}`);
    for (const address of outside) assert.equal(holds(address), false, `${address} not in ${text}`);
  }
});
