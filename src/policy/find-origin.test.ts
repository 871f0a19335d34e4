import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { splitHeaderText } from '#mail/header.ts';
import { findOrigin, gatewayHopsMax } from './find-origin.ts';

const gateways = networkSet(
  ['198.51.100.0/28', '10.9.0.0/24', '2001:db8:9::/64'].flatMap((text) => parseNetwork(text) ?? []),
);
const peer = parseClientAddress('198.51.100.1') as ClientAddress;

function from(address: string, helo = 'mail.example'): string {
  return `Received: from ${helo} (rdns.example [${address}])\r\n by gw.example with ESMTPS id x;\r\n Thu, 1 Jan 2026 00:00:00 +0000\r\n`;
}

function origin(header: string) {
  return findOrigin({ header: splitHeaderText(`${header}Subject: x\r\n\r\n`), peer, gateways });
}

test('the client is whom the gateway’s own field names', () => {
  assert.deepEqual(origin(from('203.0.113.7')), {
    kind: 'found',
    client: '203.0.113.7',
    helo: 'mail.example',
    hops: ['198.51.100.1'],
  });
});

test('Received fields that the sender put there himself are never reached (I-59)', () => {
  const forged = from('192.0.2.66', 'bank.example') + from('198.51.100.2') + from('192.0.2.67');
  const found = origin(from('203.0.113.7') + forged);
  assert.equal(found.kind === 'found' && found.client, '203.0.113.7');
});

test('several gateways are walked through, as far as they are gateways', () => {
  const found = origin(
    from('10.9.0.4') + from('IPv6:2001:db8:9::5') + from('203.0.113.7') + from('192.0.2.66'),
  );
  assert.deepEqual(found, {
    kind: 'found',
    client: '203.0.113.7',
    helo: 'mail.example',
    hops: ['198.51.100.1', '10.9.0.4', '2001:db8:9::5'],
  });
});

test('inside addresses that nobody named stand for nobody', () => {
  for (const inside of [
    '10.1.2.3',
    '127.0.0.1',
    '192.168.1.1',
    'IPv6:fd00::1',
    'IPv6:::1',
    'IPv6:::ffff:10.1.2.3',
  ]) {
    const found = origin(from(inside) + from('203.0.113.7'));
    assert.equal(found.kind, 'undecided', inside);
    assert.match(found.kind === 'undecided' ? found.reason : '', /inside address/);
  }
});

test('without a field that can be read it is undecided, and said why', () => {
  const cases = [
    ['', /no Received field/],
    ['Received: by gw.example (Postfix, from userid 0) id x\r\n', /no from clause/],
    [`Received: by gw.example id x\r\n${from('192.0.2.66')}`, /Received field of 198\.51\.100\.1/],
    [from('198.51.100.2'), /lead to gateways and no further/],
    [from('198.51.100.2').repeat(gatewayHopsMax) + from('192.0.2.66'), /no further/],
  ] as const;
  for (const [header, why] of cases) {
    const found = origin(header);
    assert.equal(found.kind, 'undecided');
    assert.match(found.kind === 'undecided' ? found.reason : '', why);
  }
});

test('nobody makes himself unreadable by the length of his HELO name (I-59)', () => {
  for (const length of [255, 301, 2_000, 16_000]) {
    const helo = 'x'.repeat(length);
    const exim = `Received: from [203.0.113.7] (helo=${helo})\r\n by gw.example with esmtp id x\r\n`;
    for (const header of [from('203.0.113.7', helo), exim]) {
      const found = origin(header);
      assert.equal(found.kind === 'found' && found.client, '203.0.113.7', `${length} characters`);
      assert.ok(found.kind === 'found' && found.helo.length <= 600);
    }
  }
});
