import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { BanBook } from '#policy/bans/ban-book.ts';
import { banDefaults } from '#policy/bans/ban-settings.ts';
import { silentEvents } from '#trace/events.ts';
import { banForLogins, strikeUnlessKnown } from './automatic-bans.ts';

function newBook(): BanBook {
  const clock = createFakeClock();
  return new BanBook({ clock, events: silentEvents, rules: banDefaults, changed: () => undefined });
}

test('where somebody logs in from, or mail comes from, nobody is banned for connections (I-80, I-83)', async () => {
  const book = newBook();
  const known = {
    authenticator: { knows: async (client: string) => client === '192.0.2.1' },
    peers: { hasSentMail: (client: string): boolean => client === '192.0.2.2' },
  };
  for (const client of ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as ClientAddress[])
    await strikeUnlessKnown(book, known, { client, reason: 'connections', evidence: { count: 300 } });
  assert.deepEqual(
    book.list().map(({ network }) => network),
    ['192.0.2.3/32'],
  );
});

test('a ban for log-ins shows what was tried', () => {
  const book = newBook();
  banForLogins(book, { client: '2001:db8::5', listener: 'imaps', failures: 20.25, users: ['root'] });
  banForLogins(book, { client: 'nobody', listener: 'imaps', failures: 20, users: [] });
  assert.deepEqual(
    book.list().map(({ network, evidence }) => [network, evidence]),
    [['2001:db8::/64', { count: 20, listener: 'imaps', users: ['root'] }]],
  );
});
