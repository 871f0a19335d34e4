import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSet } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import { address, begin, context, intakeWorld, mailFrom } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';

/** The classic ways to find an open relay, as far as they are addresses; source routes are refused by the command (P-09). */
const forms = [
  'victim@elsewhere.example',
  'victim@[203.0.113.9]',
  'victim@[IPv6:2001:db8::9]',
  'victim%elsewhere.example@example.test',
  'victim%elsewhere.example@[192.0.2.25]',
  'victim%elsewhere.example@behind.test',
  'elsewhere.example!victim@example.test',
  'elsewhere.example!victim@behind.test',
  'example.test!elsewhere.example!victim@example.test',
  '"victim@elsewhere.example"@example.test',
  '"victim@elsewhere.example"@behind.test',
  '"victim%elsewhere.example"@example.test',
  '"victim%elsewhere.example"@behind.test',
  '"elsewhere.example!victim"@behind.test',
  '"@elsewhere.example:victim"@example.test',
  '"@elsewhere.example:victim@behind.test"@behind.test',
  '"victim@elsewhere.example"@[192.0.2.25]',
  'victim%behind.test@elsewhere.example',
  'behind.test!victim@elsewhere.example',
  '"victim@behind.test"@elsewhere.example',
  'user%example.test@elsewhere.example',
  'postmaster@elsewhere.example',
  'postmaster%elsewhere.example@behind.test',
  'victim@example.test.elsewhere.example',
  'victim@sub.behind.test',
];

const senders = [
  '',
  'stranger@elsewhere.example',
  'user@example.test',
  'user@behind.test',
  'postmaster@example.test',
  'user@[192.0.2.25]',
];

/** An exception for 198.51.100.0/24 as behind.test; a server behind this one that takes any address at all. */
async function world(): Promise<IntakeWorld> {
  const relays = new RelayBook({ clock: createFakeClock(), changed: () => undefined });
  const entry = { owner: 'o', reason: 'r', senders: ['behind.test' as Domain], forMs: 86_400_000 };
  relays.add({ ...entry, network: '198.51.100.0/24' as Network });
  const ask = async () => ({ kind: 'known', isCached: false, isCatchAll: true }) as const;
  const made = await intakeWorld({ also: { relays, downstream: { ask, remembered: () => undefined } } });
  const behind = await made.store.domains.create('behind.test' as Domain, 0);
  assert.ok(behind.ok);
  const downstream = { host: '10.0.0.7', port: 25, tls: 'opportunistic' } as const;
  const changed = await made.store.domains.change(
    'behind.test' as Domain,
    { downstream },
    behind.value.version,
  );
  assert.ok(changed.ok);
  return made;
}

const gateways = networkSet(['203.0.113.0/24' as Network]);
/** Nobody of these may relay: also beside an exception, as its host under another sender, or as a gateway. */
const clients: readonly (readonly [who: string, context: TransactionContext, senders: readonly string[]])[] =
  [
    ['a stranger on mx', context('mx'), senders],
    ['a stranger on lmtp', context('lmtp'), senders],
    ['a gateway', { ...context('mx'), gateways }, senders],
    [
      'a proxy that knows no client',
      { ...context('mx'), client: '198.51.100.7', isClientUnknown: true },
      senders,
    ],
    [
      'a listed host under another sender',
      { ...context('mx'), client: '198.51.100.7' },
      senders.filter((from) => from !== '' && from !== 'user@behind.test'),
    ],
    ['a listed host on lmtp', { ...context('lmtp'), client: '198.51.100.7' }, senders],
  ];

for (const [who, given, allowed] of clients)
  test(`nothing is relayed for ${who}, in any form, with an exception and a server behind present (P-09, I-13)`, async () => {
    const made = await world();
    for (const from of allowed)
      for (const form of forms) {
        const transaction = await begin(made, given, mailFrom(from));
        const answer = await transaction.recipient(address(form));
        assert.ok(!answer.ok, `${from} ${form}`);
        assert.match(`${answer.reply.code} ${answer.reply.status}`, /^550 5\.(?:7|1)\.1$/, `${from} ${form}`);
        await transaction.abandon('RSET');
      }
    assert.equal(made.leases.length, 0);
  });

test('a listed host sends to others, and no form leads through us or through the server behind', async () => {
  const made = await world();
  const host = { ...context('mx'), client: '198.51.100.7' };
  const ours = forms.filter((form) => /@(?:example\.test|behind\.test|\[192\.0\.2\.25\])$/.test(form));
  assert.ok(ours.length > 12);
  for (const form of ours) {
    const transaction = await begin(made, host, mailFrom('user@behind.test'));
    const answer = await transaction.recipient(address(form));
    const isLiteral = form.endsWith(']');
    if (!isLiteral) assert.ok(!answer.ok, form);
    await transaction.abandon('RSET');
  }
});

test('without a log-in nothing begins on submission, whoever comes', async () => {
  const made = await world();
  for (const client of ['203.0.113.5', '198.51.100.7', '127.0.0.1'])
    for (const from of senders) {
      const begun = await made.intake.begin({ ...context('submission'), client }, mailFrom(from));
      assert.equal(!begun.ok && begun.reply.code, 530);
    }
});
