import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressBytes, reverseName } from './address-bytes.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const spellings: readonly (readonly [text: string, hex: string | undefined])[] = [
  ['192.0.2.1', 'c0000201'],
  ['::', '0'.repeat(32)],
  ['::1', '0'.repeat(31) + '1'],
  ['2001:DB8::', `20010db8${'0'.repeat(24)}`],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['::192.0.2.1', '000000000000000000000000c0000201'],
  ['1:2:3:4:5:6:192.0.2.1', '000100020003000400050006c0000201'],
  ['1::2:3:4:5:6:7:8', undefined],
  ['1::2::3', undefined],
  ['1:2', undefined],
  ['12345::', undefined],
  ['::1:', undefined],
  [':::', undefined],
  ['::1%eth0', undefined],
  ['::192.0.2.01', undefined],
  ['192.0.2.1::', undefined],
  ['192.0.2', undefined],
  ['192.0.2.256', undefined],
  ['', undefined],
];

test('addresses as octets (RFC 4291 §2.2, RFC 7208 §5.6)', () => {
  for (const [text, hex] of spellings) {
    const bytes = addressBytes(text);
    assert.equal(bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'), hex, text);
  }
});

test('what an address is agrees with Node', () => {
  const anyText = fc.string({
    unit: fc.constantFrom(...'0123456789abfF:::....'.split('')),
    maxLength: 46,
  });
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), anyText);
  fc.assert(
    fc.property(text, (one) => {
      assert.equal(addressBytes(one)?.length, isIPv4(one) ? 4 : isIPv6(one) ? 16 : undefined);
    }),
    { numRuns },
  );
});

test('reverse names (RFC 1035 §3.5, RFC 3596 §2.5)', () => {
  assert.equal(reverseName(addressBytes('192.0.2.1') ?? assert.fail()), '1.2.0.192.in-addr.arpa');
  assert.equal(
    reverseName(addressBytes('2001:db8::cafe') ?? assert.fail()),
    'e.f.a.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  );
});
