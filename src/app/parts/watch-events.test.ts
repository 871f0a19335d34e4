import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '#config/configuration.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { banDefaults } from '#policy/bans/ban-settings.ts';
import { KnownPeers } from '#policy/peers/known-peers.ts';
import { EventTap } from '#trace/event-tap.ts';
import type { Event } from '#trace/events.ts';
import { silentEvents } from '#trace/events.ts';
import type { LiveSettings } from '../live-settings.ts';
import { watchEvents } from './watch-events.ts';
import type { World } from './world.ts';

const configuration = {
  networks: [],
  listeners: [
    { name: 'mx', role: 'mx', proxy: [], xclient: [], gateways: [] },
    { name: 'submission', role: 'submission', proxy: [], xclient: [], gateways: [] },
  ],
} as unknown as Configuration;

function accepted(client: string, listener: string, action: string): Event {
  const ids = { session: 's', queue: 'q', trace: 't' };
  return {
    name: 'message-accepted',
    client,
    listener,
    action,
    ...ids,
    recipients: 1,
    sizeBytes: 1,
    ms: 1,
    account: undefined,
  };
}

test('who brought mail that was wanted is known; Junk, as any mail to postmaster may become, makes nobody known (P-32)', async () => {
  const clock = createFakeClock();
  const tap = new EventTap(silentEvents);
  const peers = new KnownPeers({ clock, counters: undefined });
  const struck: string[] = [];
  const settings = { view: () => ({ ...banDefaults, intrusions: ['scan'] }) } as unknown as LiveSettings;
  const world = { clock } as unknown as World;
  const strike = ({ client }: { readonly client: string }) => void struck.push(client);
  watchEvents({ configuration, world, tap, peers, settings, strike });
  tap.emit(accepted('203.0.113.5', 'mx', 'accept'));
  tap.emit(accepted('198.51.100.5', 'mx', 'quarantine'));
  tap.emit(accepted('192.0.2.5', 'submission', 'accept'));
  const known = ['203.0.113.5', '198.51.100.5', '192.0.2.5'].map((client) => peers.hasSentMail(client));
  assert.deepEqual(known, [true, false, false]);
  for (const client of ['203.0.113.5', '198.51.100.5'])
    for (let count = 0; count < 40; count += 1)
      tap.emit({ name: 'wrong-protocol', client, listener: 'mx', session: 's', line: 'GET /' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...new Set(struck)], ['198.51.100.5']);
});
