import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dnsServers, parseDnsServer } from './dns-servers.ts';

test('servers are read in every spelling; those on this machine are trusted with the AD bit', () => {
  const table: readonly (readonly [string, string, number, boolean])[] = [
    ['192.0.2.1', '192.0.2.1', 53, false],
    ['192.0.2.1:5353', '192.0.2.1', 5353, false],
    ['127.0.0.53', '127.0.0.53', 53, true],
    ['[::1]:54', '::1', 54, true],
    ['2001:db8::1', '2001:db8::1', 53, false],
  ];
  for (const [text, address, port, trustAd] of table) {
    assert.deepEqual(parseDnsServer(text, false), { address, port, trustAd });
  }
  for (const text of ['', 'dns.example', '192.0.2.1:0', '192.0.2.1:99999', '[192.0.2.1', '1.2.3']) {
    assert.equal(parseDnsServer(text, false), undefined, text);
  }
});

test('without settings the system is asked, and this machine when it names none', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-dns-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'resolv.conf');
  writeFileSync(
    file,
    '# x\nsearch a.test\nnameserver 192.0.2.5\nnameserver fe80::1%eth0\nnameserver 127.0.0.1\n',
  );
  const found = dnsServers({ servers: [], trustAd: false }, file);
  assert.deepEqual(found.ok && found.value.map((one) => one.address), [
    '192.0.2.5',
    'fe80::1%eth0',
    '127.0.0.1',
  ]);
  const none = dnsServers({ servers: [], trustAd: false }, join(dir, 'nothing'));
  assert.deepEqual(none.ok && none.value.map((one) => one.address), ['127.0.0.1']);
  assert.deepEqual(dnsServers({ servers: ['nonsense.'], trustAd: false }, file), {
    ok: false,
    error: 'nonsense.',
  });
});
