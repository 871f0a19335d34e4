import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress, Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { RelayBook, relayEntriesMax } from './relay-book.ts';
import { isTooWide, maySendFor } from './relay-entry.ts';
import type { RelayEntry } from './relay-entry.ts';
import { readRelayEntry } from './read-relay-entry.ts';

const hourMs = 3_600_000;
const said = { owner: 'facilities', reason: 'printers', senders: ['example.test' as Domain], forMs: hourMs };

function book() {
  const clock = createFakeClock();
  const changes: (readonly [string, RelayEntry | undefined])[] = [];
  const relays = new RelayBook({ clock, changed: (...change) => changes.push(change) });
  return { relays, clock, changes };
}

test('an entry holds for its network and ends by itself; the narrowest decides (P-10)', async () => {
  const { relays, clock } = book();
  relays.add({ ...said, network: '192.0.2.0/24' as Network });
  relays.add({ ...said, network: '192.0.2.8/32' as Network, owner: 'lab', forMs: hourMs / 2 });
  const find = (client: string) => relays.find(client as ClientAddress)?.owner;
  assert.equal(find('192.0.2.7'), 'facilities');
  assert.equal(find('192.0.2.8'), 'lab');
  assert.equal(find('192.0.3.7'), undefined);
  assert.equal(find('2001:db8::1'), undefined);
  await clock.advance(hourMs / 2);
  assert.equal(find('192.0.2.8'), 'facilities');
  await clock.advance(hourMs / 2);
  assert.equal(find('192.0.2.7'), undefined);
  assert.equal(relays.list().length, 2);
});

test('what is kept comes back, and what is unclear relays nothing', () => {
  const { relays, changes } = book();
  const network = '192.0.2.0/24' as Network;
  const entry = relays.add({ ...said, network });
  assert.ok(entry !== 'full');
  const kept: unknown = JSON.parse(JSON.stringify(entry));
  assert.deepEqual(readRelayEntry(kept), { key: network, row: entry });
  for (const change of [
    { network: '0.0.0.0/0' },
    { network: '10.0.0.0/8' },
    { network: '::/0' },
    { network: 'everywhere' },
    { senders: [] },
    { senders: ['example.test', '*'] },
    { untilMs: undefined },
    { owner: 7 },
  ])
    assert.equal(readRelayEntry({ ...entry, ...change }), undefined, JSON.stringify(change));
  relays.remove(network);
  assert.deepEqual(changes.at(-1), [network, undefined]);
  assert.equal(relays.find('192.0.2.1' as ClientAddress), undefined);
});

test('there is room for so many, and those that have ended make way', async () => {
  const { relays, clock } = book();
  for (let count = 0; count < relayEntriesMax; count += 1)
    relays.add({ ...said, network: `192.0.${count >> 8}.${count & 255}/32` as Network });
  const network = '198.51.100.1/32' as Network;
  assert.equal(relays.add({ ...said, network }), 'full');
  await clock.advance(hourMs);
  assert.notEqual(relays.add({ ...said, network }), 'full');
});

test('wide networks are told, and sender domains mean what lies below them, not what only looks alike', () => {
  const wide = ['0.0.0.0/0', '10.0.0.0/8', '192.0.0.0/15', '::/0', '2001:d00::/24'];
  for (const network of wide) assert.ok(isTooWide(network as Network), network);
  for (const network of ['192.168.0.0/16', '192.0.2.1/32', '2001:db8::/32'])
    assert.ok(!isTooWide(network as Network), network);
  const entry = { senders: ['example.test'] } as unknown as RelayEntry;
  assert.ok(maySendFor(entry, 'example.test') && maySendFor(entry, 'a.example.test'));
  assert.ok(!maySendFor(entry, 'badexample.test') && !maySendFor(entry, 'test'));
});
