import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeTextFiles } from '#platform/fake-text-files.ts';
import { fileLines } from './file-lines.ts';
import { readNetworkOrigins } from './network-origins.ts';
import { RangeRows, RangeTable } from './range-table.ts';
import { readZoneFile } from './zone-file.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const ipv4 = fc.integer({ min: 0, max: 0xff_ff }).map((n) => `10.0.${n >> 8}.${n & 255}`);
const entry = fc.oneof(
  ipv4,
  fc.tuple(ipv4, fc.integer({ min: 0, max: 40 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(ipv4, ipv4).map(([from, to]) => `${from}-${to}`),
  fc.constantFrom(
    '10.0.1',
    '10',
    '2001:db8::/32',
    '.bad.example',
    '*.x.example',
    '$SOA 1',
    '# no',
    ':7:why',
    '!10.0.0.1',
  ),
  fc.string({ maxLength: 60 }),
  fc.tuple(ipv4, ipv4, fc.string({ maxLength: 9 })).map((fields) => fields.join(',')),
  fc.tuple(ipv4, ipv4, fc.nat(), fc.constantFrom('DE', 'None', '')).map((fields) => fields.join('\t')),
);
const file = fc.array(entry, { maxLength: 30 }).map((lines) => lines.join('\n'));

function lines(text: string) {
  return fileLines(createFakeTextFiles({ '/f': text }).read('/f'));
}

test('no file makes a reader throw, or say what is no answer of a list', async () => {
  await fc.assert(
    fc.asyncProperty(file, ipv4, async (text, address) => {
      for (const kind of ['addresses', 'domains'] as const) {
        const read = await readZoneFile(lines(text), kind);
        const answer = read.ok ? read.value.find(address) : undefined;
        if (answer !== undefined) assert.match(answer, /^127\./);
      }
      const table = await readNetworkOrigins(lines(text));
      const origin = table.ok ? table.value.find(address as ClientAddress) : undefined;
      if (origin?.country !== undefined) assert.match(origin.country, /^[A-Z]{2}$/);
    }),
    { numRuns },
  );
});

test('a table says of each address what the narrowest range says, whatever the order', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 }))
    .map(([at, bits]) => {
      const size = 1 << (8 - bits);
      const first = Math.floor(at / size) * size;
      return { first, last: first + size - 1 };
    });
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      const rows = new RangeRows();
      for (const [value, { first, last }] of ranges.entries())
        rows.add({ ipv6: false, first: BigInt(first), last: BigInt(last) }, value);
      const table = new RangeTable(rows);
      for (let at = 0; at < 256; at += 1) {
        const holding = ranges
          .map((one, value) => ({ ...one, value }))
          .filter(({ first, last }) => first <= at && at <= last)
          .sort((a, b) => a.last - a.first - (b.last - b.first) || b.value - a.value);
        assert.equal(table.find(`0.0.0.${at}` as ClientAddress), holding[0]?.value, String(at));
      }
    }),
    { numRuns: Math.ceil(numRuns / 5) },
  );
});
