import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Event } from '#trace/events.ts';
import type { Incident } from './block-feed.ts';
import { OffenceWatch } from './offence-watch.ts';

const client = '203.0.113.5';
const session = { client, listener: 'mx', session: 's' };

function watched(events: readonly Event[], clock = createFakeClock()): readonly Incident[] {
  const found: Incident[] = [];
  const watch = new OffenceWatch({ clock, found: (incident) => found.push(incident) });
  for (const event of events) watch.watch(event);
  return found;
}

function refused(check: string, status = '5.7.1', trace = 'T1'): Event {
  return { name: 'attempt-refused', ...session, check, status, trace };
}

test('P-25: what intrusion is made of is an offence, with the last trace of the client', () => {
  for (const [name, what] of [
    ['intrusion-enumeration', 'a search for names'],
    ['intrusion-smuggling', 'smuggled line ends'],
    ['intrusion-relay', 'tries to relay'],
    ['intrusion-anomaly', 'commands that are none'],
  ] as const) {
    const found = watched([
      { name: 'relay-refused', ...session, form: 'plain', trace: 'T9', recipient: 'x@else.example' },
      { name, client, listener: 'mx', count: 3 },
    ]);
    assert.deepEqual(found, [{ kind: 'offender', client, what, trace: 'T9' }]);
  }
});

test('P-25: a ban for guessed passwords is one, a ban by hand or for connections is not', () => {
  const ban = (reason: string): Event => ({
    name: 'address-banned',
    client,
    network: `${client}/32`,
    reason,
    until: '',
    strikes: 1,
    count: 1,
    users: undefined,
  });
  assert.equal(watched([ban('logins')]).length, 1);
  assert.equal(watched([ban('administrator'), ban('connections'), ban('intrusion')]).length, 0);
});

test('P-25: twenty refusals of what the client itself is are one offence', () => {
  const many = (check: string, count: number, status?: string) =>
    Array.from({ length: count }, () => refused(check, status));
  assert.equal(watched(many('helo-claim', 19)).length, 0);
  assert.deepEqual(
    watched(many('helo-claim', 45)).map(({ what }) => what),
    ['refusals again and again', 'refusals again and again'],
  );
});

test('P-25: what is wrong with a message, with its sender or just now is no offence of who brings it', () => {
  // A forwarder brings what others forged; a list that refuses is not asked twice; putting off is no refusal.
  for (const check of ['spf', 'dmarc', 'own-author', 'author', 'dkim', 'blocklist', 'trap', 'surbl', 'score'])
    assert.deepEqual(watched(Array.from({ length: 60 }, () => refused(check))), [], check);
  assert.deepEqual(watched(Array.from({ length: 60 }, () => refused('iprev', '4.7.25'))), []);
});

test('P-25: refusals of an hour ago, and those of others, do not add up', async () => {
  const clock = createFakeClock();
  const found: Incident[] = [];
  const watch = new OffenceWatch({ clock, found: (incident) => found.push(incident) });
  for (let count = 0; count < 19; count += 1) watch.watch(refused('helo-claim'));
  await clock.advance(3_600_000);
  for (let count = 0; count < 19; count += 1) watch.watch(refused('helo-claim'));
  for (let count = 0; count < 30; count += 1)
    watch.watch({ ...refused('helo-claim'), client: `198.51.100.${count}` } as Event);
  assert.deepEqual(found, []);
});
