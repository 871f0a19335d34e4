import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { proxyHeaderBytesMax, readProxyHeader } from './proxy-header.ts';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

function binary(versionAndCommand: number, family: number, block: readonly number[]): Buffer {
  const length = [block.length >> 8, block.length & 255];
  return Buffer.concat([signature, Buffer.from([versionAndCommand, family, ...length, ...block])]);
}

const v4 = [203, 0, 113, 5, 192, 0, 2, 1, 0x9c, 0x40, 0, 25];
const v6 = [
  0x20,
  1,
  0xd,
  0xb8,
  ...Array.from({ length: 11 }, () => 0),
  5,
  ...Array.from({ length: 15 }, () => 0),
  1,
];
const v6Ports = [...v6, 0x9c, 0x40, 0, 25];

const readable: readonly (readonly [what: string, bytes: Buffer, client: string | undefined])[] = [
  ['v1 TCP4', Buffer.from('PROXY TCP4 203.0.113.5 192.0.2.1 40000 25\r\n'), '203.0.113.5'],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:db8::5 ::1 40000 25\r\n'), '2001:db8::5'],
  ['v1 mapped', Buffer.from('PROXY TCP6 ::ffff:203.0.113.5 ::1 40000 25\r\n'), '203.0.113.5'],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['v1 UNKNOWN with words', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), undefined],
  ['v2 TCP4', binary(0x21, 0x11, v4), '203.0.113.5'],
  ['v2 TCP4 with TLVs', binary(0x21, 0x11, [...v4, 4, 0, 1, 7]), '203.0.113.5'],
  ['v2 TCP6', binary(0x21, 0x21, v6Ports), '2001:db8::5'],
  ['v2 LOCAL', binary(0x20, 0, []), undefined],
  [
    'v2 UNIX',
    binary(
      0x21,
      0x31,
      Array.from({ length: 216 }, () => 0),
    ),
    undefined,
  ],
];

test('both versions are read, at whatever byte they are cut; what follows is left', () => {
  for (const [what, bytes, client] of readable) {
    const whole = readProxyHeader(Buffer.concat([bytes, Buffer.from('EHLO x\r\n')]));
    assert.ok(whole.kind === 'header', what);
    assert.equal(whole.lengthBytes, bytes.length, what);
    assert.equal(whole.ends?.client, client, what);
    if (client !== undefined) assert.deepEqual([whole.ends?.clientPort, whole.ends?.localPort], [40_000, 25]);
    for (let cut = 0; cut < bytes.length; cut += 1)
      assert.deepEqual(readProxyHeader(bytes.subarray(0, cut)), { kind: 'more' }, `${what} at ${cut}`);
  }
});

test('what is no header is refused, and nothing grows without end', () => {
  const wrong: readonly (Buffer | string)[] = [
    'EHLO x\r\n',
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 203.0.113.5 192.0.2.1 40000\r\n',
    'PROXY TCP4 203.0.113.5 192.0.2.1 40000 25 \r\n',
    'PROXY TCP4 203.0.113.5 192.0.2.1 40000 65536\r\n',
    'PROXY TCP4 203.0.113.5 192.0.2.1 040 25\r\n',
    'PROXY TCP4 2001:db8::5 ::1 40000 25\r\n',
    'PROXY TCP6 203.0.113.5 192.0.2.1 40000 25\r\n',
    'PROXY TCP4 999.0.113.5 192.0.2.1 40000 25\r\n',
    'PROXY TCP4 0x7f000001 192.0.2.1 40000 25\r\n',
    'PROXY UDP4 203.0.113.5 192.0.2.1 40000 25\r\n',
    'PROXY  TCP4 203.0.113.5 192.0.2.1 40000 25\r\n',
    `PROXY UNKNOWN ${'x'.repeat(200)}`,
    binary(0x31, 0x11, v4),
    binary(0x22, 0x11, v4),
    binary(0x21, 0x11, v4.slice(0, 11)),
    binary(0x21, 0x21, v4),
    Buffer.concat([signature, Buffer.from([0x21, 0x11, 0xff, 0xff])]),
  ];
  for (const bytes of wrong) {
    const header = readProxyHeader(Buffer.from(bytes as string, 'latin1'));
    assert.equal(header.kind, 'wrong', JSON.stringify(bytes.toString('latin1')));
  }
});

test('any bytes: it never throws, and never waits beyond its bound', () => {
  const starts = fc.constantFrom(
    Buffer.alloc(0),
    signature,
    Buffer.from('PROXY TCP4 '),
    Buffer.from('PROXY '),
  );
  const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      const header = readProxyHeader(Buffer.concat([start, rest]));
      if (header.kind === 'header') assert.ok(header.lengthBytes <= start.length + rest.length);
    }),
    { numRuns: runs },
  );
  const endless = Buffer.concat([signature, Buffer.from([0x21, 0x11, 0x10, 0x00]), Buffer.alloc(5000)]);
  assert.notEqual(readProxyHeader(endless.subarray(0, proxyHeaderBytesMax)).kind, 'more');
});
