import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeTextFiles } from '#platform/fake-text-files.ts';
import { fileLines } from './file-lines.ts';
import { KeptFile } from './kept-file.ts';
import { readNetworkOrigins } from './network-origins.ts';
import type { NetworkOrigins } from './network-origins.ts';
import { RangeRows, RangeTable } from './range-table.ts';
import { networkRange } from './address-range.ts';
import { readZoneFile } from './zone-file.ts';
import type { ZoneFileKind } from './zone-file.ts';

function lines(text: string) {
  return fileLines(createFakeTextFiles({ '/f': text }).read('/f'));
}

async function origins(text: string): Promise<NetworkOrigins> {
  const read = await readNetworkOrigins(lines(text));
  assert.ok(read.ok, read.ok ? '' : read.error);
  return read.value;
}

const tables: readonly (readonly [name: string, text: string])[] = [
  [
    'network,asn,country',
    'network,asn,country\n203.0.113.0/24,64500,DE\n198.51.100.0/24,AS64501,us\n2001:db8::/32,64502,FR\n',
  ],
  [
    'iptoasn.com',
    '198.51.100.0\t198.51.100.255\t64501\tUS\tA NAME\n203.0.113.0\t203.0.113.255\t64500\tDE\tDE CIX\n203.0.114.0\t203.0.114.255\t0\tNone\tNot routed\n2001:db8::\t2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t64502\tFR\tX\n',
  ],
];
for (const [name, text] of tables)
  test(`P-24: a table of networks as ${name}`, async () => {
    const table = await origins(text);
    const find = (address: string) => table.find(address as ClientAddress);
    assert.deepEqual(find('203.0.113.9'), { asn: 64500, country: 'DE' });
    assert.deepEqual(find('198.51.100.255'), { asn: 64501, country: 'US' });
    assert.deepEqual(find('2001:db8:1::1'), { asn: 64502, country: 'FR' });
    for (const other of ['203.0.112.255', '203.0.114.0', '2001:db9::', '0.0.0.0', '255.255.255.255'])
      assert.equal(find(other), undefined, other);
  });

test('P-24: a table without numbers, and one without countries', async () => {
  const countries = await origins('1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.3.255,CN\n');
  assert.deepEqual(countries.find('1.0.2.2' as ClientAddress), { country: 'CN' });
  const numbers = await origins('1.0.0.0,1.0.0.255,13335,HP\n1.0.4.0,1.0.7.255,38803,"HP, Inc"\n');
  assert.deepEqual(numbers.find('1.0.0.1' as ClientAddress), { asn: 13335 }, 'a name is no country');
  assert.deepEqual(numbers.find('1.0.4.1' as ClientAddress), { asn: 38803 });
});

test('P-24: what is no such table is not believed', async () => {
  for (const text of ['', 'hello\nworld\n', '<html>\n<body>\n', '1.2.3.4\n5.6.7.8\n'])
    assert.ok(!(await readNetworkOrigins(lines(text))).ok, text);
});

test('ranges in any order, one in another: the narrowest holds', () => {
  const rows = new RangeRows();
  for (const [value, text] of [
    [1, '10.0.0.0/8'],
    [4, '10.1.2.128/25'],
    [2, '10.1.0.0/16'],
    [3, '10.1.2.0/24'],
    [5, '0.0.0.0/4'],
    [6, '255.255.255.255'],
    [7, '10.1.0.0/16'],
  ] as const) {
    const range = networkRange(text);
    assert.ok(range !== undefined);
    rows.add(range, value);
  }
  const table = new RangeTable(rows);
  for (const [address, value] of [
    ['10.0.0.0', 1],
    ['10.1.0.0', 7],
    ['10.1.2.1', 3],
    ['10.1.2.200', 4],
    ['10.1.3.0', 7],
    ['10.2.0.0', 1],
    ['10.255.255.255', 1],
    ['11.0.0.0', 5],
    ['15.255.255.255', 5],
    ['16.0.0.0', undefined],
    ['255.255.255.255', 6],
  ] as const)
    assert.equal(table.find(address as ClientAddress), value, address);
});

async function zone(text: string, kind: ZoneFileKind) {
  const read = await readZoneFile(lines(text), kind);
  assert.ok(read.ok, read.ok ? '' : read.error);
  return read.value;
}

test('I-33: an ip4set of rbldnsd, with values, defaults and exclusions', async () => {
  const file = await zone(
    [
      '$SOA 1800 ns.example admin.example 0 1800 1800 1800 1800',
      '# a comment',
      '203.0.113.5',
      ':127.0.0.4:infected, see http://x.example/$',
      '198.51.100',
      '198.51.100.7 :9:worse',
      '!198.51.100.8',
      '192.0.2.10-20',
      '192.0.2.100-192.0.2.110 :127.0.0.10:',
      '10.0.0.0/9',
      '2001:db8::/32 :3:',
    ].join('\n'),
    'addresses',
  );
  for (const [subject, answer] of [
    ['203.0.113.5', '127.0.0.2'],
    ['203.0.113.6', undefined],
    ['198.51.100.1', '127.0.0.4'],
    ['198.51.100.7', '127.0.0.9'],
    ['198.51.100.8', undefined],
    ['192.0.2.9', undefined],
    ['192.0.2.10', '127.0.0.4'],
    ['192.0.2.20', '127.0.0.4'],
    ['192.0.2.21', undefined],
    ['192.0.2.105', '127.0.0.10'],
    ['10.127.1.1', '127.0.0.4'],
    ['10.128.0.0', undefined],
    ['2001:db8:1::', '127.0.0.3'],
    ['no address', undefined],
  ] as const)
    assert.equal(file.find(subject), answer, subject);
});

test('I-33: a dnset of rbldnsd', async () => {
  const file = await zone(
    ':127.0.1.2:spam\n.bad.example\nexact.example :127.0.1.4:\n*.below.example\n!good.bad.example\n',
    'domains',
  );
  for (const [subject, answer] of [
    ['bad.example', '127.0.1.2'],
    ['a.b.bad.example', '127.0.1.2'],
    ['good.bad.example', undefined],
    ['exact.example', '127.0.1.4'],
    ['www.exact.example', undefined],
    ['below.example', undefined],
    ['x.below.example', '127.0.1.2'],
    ['notbad.example', undefined],
    ['example', undefined],
  ] as const)
    assert.equal(file.find(subject), answer, subject);
});

test('I-33: a file of another kind is not believed', async () => {
  for (const [text, kind] of [
    ['', 'addresses'],
    ['.bad.example\nworse.example\n', 'addresses'],
    ['<html><body>Not Found</body></html>\n', 'domains'],
    [`${'x'.repeat(9000)}\n`, 'addresses'],
  ] as const)
    assert.ok(!(await readZoneFile(lines(text), kind)).ok, text.slice(0, 20));
});

test('I-33: a file is read again when it changes; a broken one leaves what there was', async () => {
  const files = createFakeTextFiles();
  const told: (string | undefined)[] = [];
  const kept = new KeptFile({
    path: '/zone',
    files,
    clock: createFakeClock(),
    parse: (text) => readZoneFile(text, 'addresses'),
    troubled: (_path, problem) => told.push(problem),
  });
  const find = (address: string) => kept.value?.find(address);
  await kept.refresh();
  assert.equal(find('203.0.113.5'), undefined);
  files.put('/zone', '203.0.113.5\n', 1);
  await kept.refresh();
  assert.equal(find('203.0.113.5'), '127.0.0.2');
  files.put('/zone', 'Not Found\n', 2);
  await kept.refresh();
  assert.equal(find('203.0.113.5'), '127.0.0.2');
  assert.equal(kept.report.changedMs, 1);
  files.put('/zone', '203.0.113.6\n', 3);
  await kept.refresh();
  assert.equal(find('203.0.113.5'), undefined);
  assert.deepEqual(told, ['ENOENT', undefined, 'it is no data set of rbldnsd', undefined]);
});
