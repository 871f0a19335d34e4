import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { reverseNamesMax } from './forward-confirmation.ts';
import { checkIprev, iprevMs } from './iprev.ts';
import type { IprevOutcome } from './iprev-outcome.ts';

async function judge(address: string, zone: ZoneTable): Promise<IprevOutcome> {
  const client = parseClientAddress(address) ?? assert.fail(address);
  return await checkIprev(client, { resolver: createFakeResolver(zone), clock: createFakeClock() });
}

const reverse4 = '5.113.0.203.in-addr.arpa';
const reverse6 = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';

const cases: readonly (readonly [
  title: string,
  address: string,
  zone: ZoneTable,
  expected: Pick<IprevOutcome, 'finding' | 'result' | 'name'>,
])[] = [
  ['no name', '203.0.113.5', {}, { finding: 'no-name', result: 'permerror' }],
  [
    'a name without address',
    '203.0.113.5',
    { [reverse4]: { PTR: ['mx.example.net'] } },
    { finding: 'unconfirmed', result: 'fail' },
  ],
  [
    'a name of somebody else',
    '203.0.113.5',
    { [reverse4]: { PTR: ['mx.bank.example'] }, 'mx.bank.example': { A: ['198.51.100.1'] } },
    { finding: 'unconfirmed', result: 'fail' },
  ],
  [
    'a name that leads back',
    '203.0.113.5',
    { [reverse4]: { PTR: ['MX.Example.net.'] }, 'mx.example.net': { A: ['198.51.100.1', '203.0.113.5'] } },
    { finding: 'confirmed', result: 'pass', name: 'mx.example.net' },
  ],
  [
    'IPv6, in another spelling',
    '2001:db8::1',
    { [reverse6]: { PTR: ['mx.example.net'] }, 'mx.example.net': { AAAA: ['2001:0DB8:0:0::0001'] } },
    { finding: 'confirmed', result: 'pass', name: 'mx.example.net' },
  ],
  [
    'an IPv4 client is not confirmed by a mapped IPv6 address',
    '203.0.113.5',
    { [reverse4]: { PTR: ['mx.example.net'] }, 'mx.example.net': { AAAA: ['::ffff:203.0.113.5'] } },
    { finding: 'unconfirmed', result: 'fail' },
  ],
  [
    'the second name leads back though the first one is not answered',
    '203.0.113.5',
    {
      [reverse4]: { PTR: ['broken.example', 'mx.example.net'] },
      'broken.example': 'servfail',
      'mx.example.net': { A: ['203.0.113.5'] },
    },
    { finding: 'confirmed', result: 'pass', name: 'mx.example.net' },
  ],
  [
    'one name is not answered and the other does not lead back',
    '203.0.113.5',
    { [reverse4]: { PTR: ['broken.example', 'mx.example.net'] }, 'broken.example': 'timeout' },
    { finding: 'unanswered', result: 'temperror' },
  ],
  [
    'the reverse zone is broken',
    '203.0.113.5',
    { [reverse4]: 'servfail' },
    { finding: 'unanswered', result: 'temperror' },
  ],
  [
    'a name that no host has is never confirmed',
    '203.0.113.5',
    {
      [reverse4]: { PTR: ['a b.example', 'x\r\nReceived: from.example'] },
      'a b.example': { A: ['203.0.113.5'] },
    },
    { finding: 'unconfirmed', result: 'fail' },
  ],
];

for (const [title, address, zone, expected] of cases) {
  test(`iprev: ${title} (P-15)`, async () => {
    const { finding, result, name } = await judge(address, zone);
    assert.deepEqual({ finding, result, ...(name === undefined ? {} : { name }) }, expected);
  });
}

test('iprev shows cleaned names and what was asked (S-05, N-2)', async () => {
  const outcome = await judge('203.0.113.5', { [reverse4]: { PTR: ['evil\r\n\u202e.example'] } });
  assert.deepEqual(outcome.names, ['evil???.example']);
  assert.deepEqual(
    outcome.asked.map(({ name, type, answer }) => [name, type, answer]),
    [[reverse4, 'PTR', ['evil???.example']]],
  );
});

test('iprev asks for no more than ten names, whatever the zone says (S-09)', async () => {
  const names = Array.from({ length: 500 }, (_, at) => `mx${at}.example.net`);
  const outcome = await judge('203.0.113.5', {
    [reverse4]: { PTR: names },
    'mx10.example.net': { A: ['203.0.113.5'] },
  });
  assert.equal(outcome.finding, 'unconfirmed');
  assert.equal(outcome.asked.length, 1 + reverseNamesMax);
  assert.equal(outcome.names.length, reverseNamesMax);
});

test('iprev ends in time when the DNS is silent (S-09)', async () => {
  const clock = createFakeClock();
  const client = parseClientAddress('203.0.113.5') ?? assert.fail();
  const silent = { ask: () => new Promise<never>(() => undefined) };
  const judged = checkIprev(client, { resolver: silent, clock });
  await clock.advance(iprevMs);
  assert.equal((await judged).finding, 'unanswered');
  assert.equal(clock.sleeping, 0);
});
