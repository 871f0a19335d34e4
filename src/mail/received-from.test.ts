import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReceivedFrom, receivedBytesMax } from './received-from.ts';

/** Fields as the servers write them. */
const written: readonly (readonly [field: string, helo: string, address: string])[] = [
  [
    'from mail.example (mail.example [192.0.2.1])\r\n\tby gw.example (Postfix) with ESMTPS id 4X',
    'mail.example',
    '192.0.2.1',
  ],
  ['from laptop (unknown [192.0.2.1]) by gw.example (Postfix) with ESMTP id 4X', 'laptop', '192.0.2.1'],
  [
    'from m.example (m.example [IPv6:2001:DB8::1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by gw.example (Postfix) with ESMTPS',
    'm.example',
    '2001:db8::1',
  ],
  [
    'from m.example (evil.example [192.0.2.1] (may be forged)) by gw.example (8.17/8.17) with ESMTP',
    'm.example',
    '192.0.2.1',
  ],
  [
    'from m.example ([192.0.2.1]) by gw.example with esmtps (Exim 4.96) (envelope-from <a@b>)',
    'm.example',
    '192.0.2.1',
  ],
  [
    'from rdns.example ([192.0.2.1]:4711 helo=m.example) by gw.example with esmtp (Exim 4.96)',
    'm.example',
    '192.0.2.1',
  ],
  ['from [192.0.2.1] (helo=m.example) by gw.example with smtp (Exim 4.96)', 'm.example', '192.0.2.1'],
  [
    'from [192.0.2.1] (port=4711 helo=[198.51.100.9]) by gw.example with smtp (Exim 4.96)',
    '[198.51.100.9]',
    '192.0.2.1',
  ],
  [
    'from AM0PR.example (2603:10a6::15) by AM0.example (2603:10a6::20) with Microsoft SMTP Server',
    'AM0PR.example',
    '2603:10a6::15',
  ],
  ['from m.example (rdns.example. [192.0.2.1]) by mx.google.com with ESMTPS id x', 'm.example', '192.0.2.1'],
  ['from unknown (HELO m.example) (192.0.2.1) by gw.example with SMTP; 1 Jan 2026', 'm.example', '192.0.2.1'],
  ['from m.example ([::ffff:192.0.2.1]) by gw.example with ESMTP', 'm.example', '192.0.2.1'],
];

test('the address that the writer saw is read from the fields of the servers that are known', () => {
  for (const [field, helo, address] of written)
    assert.deepEqual(readReceivedFrom(field), { kind: 'from', from: { helo, address } }, field);
});

test('a HELO name, a certificate’s name or a second comment never passes for the address (I-59)', () => {
  const forged = [
    // What the peer chose itself, in the forms in which servers write it down.
    ['from [198.51.100.9] (unknown [192.0.2.1]) by gw.example with ESMTP', '192.0.2.1'],
    ['from x (helo=[198.51.100.9]) by gw.example with ESMTP', undefined],
    ['from unknown (HELO [198.51.100.9]) (192.0.2.1) by gw.example with SMTP', '192.0.2.1'],
    ['from unknown (HELO [198.51.100.9]) by gw.example with SMTP', undefined],
    ['from x (x [192.0.2.1]) (Client CN "[198.51.100.9]", Issuer "y") by gw.example', '192.0.2.1'],
    ['from x (Client CN "[198.51.100.9] [192.0.2.1]") by gw.example', undefined],
    ['from x (x [192.0.2.1] [198.51.100.9]) by gw.example', undefined],
    ['from [198.51.100.9] by gw.example with ESMTP', undefined],
    ['from [198.51.100.9] (Postfix) by gw.example with ESMTP', undefined],
  ] as const;
  for (const [field, address] of forged) {
    const read = readReceivedFrom(field);
    assert.equal(read.kind === 'from' ? read.from.address : undefined, address, field);
  }
});

test('what is not of the form of a mail server is unclear', () => {
  const odd = [
    '',
    'by gw.example (Postfix, from userid 0) id 4X',
    'by 2002:a05:6402:17a6 with SMTP id x',
    'from m.example by gw.example',
    'from m.example ([192.0.2.1])',
    'from m.example ([192.0.2.1]) with ESMTP by gw.example',
    'from m.example ([192.0.2.1] by gw.example',
    'from m.example (()([192.0.2.1]) by gw.example',
    'from m.example ([192.0.2.256]) by gw.example',
    'from m.example ([fe80::1%eth0]) by gw.example',
    'from (x [192.0.2.1]) by gw.example',
    'from x (y)([192.0.2.1]) by gw.example',
    'from a b ([192.0.2.1]) by gw.example',
    `from m.example ([192.0.2.1]) by ${'x'.repeat(receivedBytesMax)}`,
  ];
  for (const field of odd) assert.equal(readReceivedFrom(field).kind, 'unclear', field);
});

test('hostile fields cost little', () => {
  const startMs = performance.now();
  for (const piece of ['(', ')', '()', ' ', 'from ', '\\', '[', 'helo=', '(helo= '])
    readReceivedFrom(`from x ${piece.repeat(2000).slice(0, 4000)}`);
  assert.ok(performance.now() - startMs < 500);
});
