import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { KnownPeers } from './known-peers.ts';
import { Tarpit, tarpitSettings } from './tarpit.ts';

const rules = {
  greetingMs: tarpitSettings.greetingMs.defaultValue,
  errorMs: tarpitSettings.errorMs.defaultValue,
  errorMaxMs: tarpitSettings.errorMaxMs.defaultValue,
};

function world(suspects: readonly string[] = []) {
  const clock = createFakeClock();
  const { counters } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const make = () => new KnownPeers({ clock, counters });
  const peers = make();
  const tarpit = (known: KnownPeers) =>
    new Tarpit({ rules, peers: known, isSuspect: (client) => suspects.includes(client) });
  return { clock, peers, make, tarpit };
}

test('strangers wait a moment, those who brought mail and neighbours of ours do not, nobody over 3 s (P-32)', async () => {
  const { peers, make, tarpit, clock } = world(['203.0.113.66']);
  const waits = async (client: string, known = peers) => await tarpit(known).greetingMs(client);
  assert.equal(await waits('203.0.113.5'), 1000);
  assert.equal(await waits('2001:db8::1'), 1000);
  assert.equal(await waits('203.0.113.66'), 3000);
  for (const own of ['127.0.0.1', '::1', '10.1.2.3', '192.168.7.8', '172.16.0.1', 'fd00::1', 'fe80::1'])
    assert.equal(tarpit(peers).greetingMs(own), 0, own);
  peers.sentMail('203.0.113.5');
  peers.sentMail('2001:db8::1');
  assert.equal(await waits('203.0.113.99'), 0);
  assert.equal(await waits('2001:db8::2'), 0);
  assert.equal(await waits('203.0.113.5', make()), 0, 'after a restart');
  await clock.advance(40 * 86_400_000);
  assert.equal(await waits('203.0.113.5'), 1000);
});

test('mistakes cost more and more, up to a bound', () => {
  const { peers, tarpit } = world();
  const delays = Array.from({ length: 9 }, (_, index) => tarpit(peers).errorMs(index + 1));
  assert.deepEqual(delays, [0, 0, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  assert.equal(tarpit(peers).errorMs(1_000_000), 8000);
});
