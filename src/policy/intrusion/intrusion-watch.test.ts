import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Event } from '#trace/events.ts';
import { intrusionSignsMax } from './intrusion-signs.ts';
import { IntrusionWatch } from './intrusion-watch.ts';
import type { Intrusion } from './intrusion-watch.ts';

function world() {
  const clock = createFakeClock();
  const raised: Event[] = [];
  const found: Intrusion[] = [];
  const watch = new IntrusionWatch({
    clock,
    events: { emit: (event) => void raised.push(event) },
    found: (intrusion) => void found.push(intrusion),
  });
  return { clock, raised, found, watch };
}

const session = { client: '203.0.113.5', listener: 'mx', session: 's' };

function unknownRecipient(name: string, client = session.client): Event {
  return { name: 'recipient-refused', ...session, client, status: '5.1.1', trace: 't', recipient: name };
}

/** Attack scripts, as events: what each raises (I-87). */
const attacks: readonly (readonly [kind: Intrusion['kind'], make: (index: number) => Event])[] = [
  ['scan', () => ({ name: 'connection-silent', ...session })],
  ['scan', () => ({ name: 'wrong-protocol', ...session, line: 'HTTP' })],
  ['scan', () => ({ name: 'tls-failed', ...session, detail: 'no cipher' })],
  [
    'scan',
    () => ({ name: 'attempt-refused', ...session, check: 'early-talker', status: '5.5.1', trace: 't' }),
  ],
  ['enumeration', (index) => unknownRecipient(`name${index}@example.test`)],
  [
    'enumeration',
    (index) => ({
      name: 'login-failed',
      ...session,
      reason: 'credentials',
      mechanism: 'PLAIN',
      user: `u${index}`,
    }),
  ],
  [
    'enumeration',
    () => ({ name: 'attempt-refused', ...session, check: 'harvest', status: '4.7.1', trace: 't' }),
  ],
  ['enumeration', (index) => ({ name: 'login-limited', ...session, limit: 'address', user: `u${index}` })],
  [
    'smuggling',
    () => ({ name: 'attempt-refused', ...session, check: 'smuggling', status: '5.5.2', trace: 't' }),
  ],
  ['smuggling', () => ({ name: 'smuggling', ...session, what: 'bare-lf' })],
  ['smuggling', () => ({ name: 'plaintext-after-starttls', ...session })],
  [
    'relay',
    () => ({ name: 'relay-refused', ...session, form: 'plain', trace: 't', recipient: 'x@else.example' }),
  ],
  [
    'anomaly',
    () => ({ name: 'attempt-refused', ...session, check: 'patience', status: '4.7.0', trace: 't' }),
  ],
  ['anomaly', () => ({ name: 'protocol-errors', ...session, errors: 5 })],
  ['anomaly', () => ({ name: 'login-before-tls', ...session, command: 'USER' })],
];

test('each attack raises its event once it is one, and not before', () => {
  for (const [kind, make] of attacks) {
    const { watch, raised, found } = world();
    const enough = intrusionSignsMax[kind];
    for (let index = 1; index < enough; index += 1) watch.watch(make(index));
    assert.deepEqual(raised, [], kind);
    watch.watch(make(enough));
    assert.deepEqual(raised, [
      { name: `intrusion-${kind}`, client: session.client, listener: 'mx', count: enough },
    ]);
    assert.equal(found.length, 1);
    watch.watch(make(enough + 1));
    assert.equal(raised.length, 1, 'told once');
  }
});

test('the same name again, a full mailbox, and slow mistakes are none', async () => {
  const { watch, raised, clock } = world();
  for (let index = 0; index < 500; index += 1) watch.watch(unknownRecipient('gone@example.test'));
  for (let index = 0; index < 500; index += 1)
    watch.watch({ ...unknownRecipient(`full${index}@example.test`), status: '4.2.2' } as Event);
  for (let index = 0; index < 100; index += 1) {
    watch.watch(unknownRecipient(`name${index}@example.test`));
    await clock.advance(60_000);
  }
  assert.deepEqual(raised, []);
});

test('clients are counted apart, IPv6 ones by /64; three signs make one suspect', () => {
  const { watch, raised } = world();
  const silent = (client: string): Event => ({ name: 'connection-silent', ...session, client });
  for (let host = 1; host <= 19; host += 1) {
    watch.watch(silent(`192.0.2.${host}`));
    watch.watch(silent(`2001:db8::${host}`));
  }
  assert.deepEqual(raised, []);
  watch.watch(silent('2001:db8::ffff'));
  assert.deepEqual(
    raised.map(({ name }) => name),
    ['intrusion-scan'],
  );
  assert.equal(watch.isSuspect('2001:db8::1'), true);
  assert.equal(watch.isSuspect('192.0.2.1'), false);
});
