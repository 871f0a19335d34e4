import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '#config/configuration.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { tellOtherwise } from './tell-otherwise.ts';

const [served, other] = ['example.test', 'other.test'] as Domain[] as [Domain, Domain];

async function told(domain: Domain, portOffset: number, named: { domain: boolean; portOffset: boolean }) {
  const store = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  await store.domains.create(served, 0);
  const configuration = {
    file: '/data/postern.toml',
    listeners: [{ name: 'mx', port: 10_025 }],
  } as unknown as Configuration;
  const lines: string[] = [];
  const terminal = { note: (line: string) => lines.push(line) };
  await tellOtherwise({ store }, { dir: '/data', domain, portOffset, named }, { configuration, terminal });
  return lines.join('\n');
}

test('who asks for what the folder has, or for nothing, hears nothing', async () => {
  assert.equal(await told(other, 5000, { domain: false, portOffset: false }), '');
  assert.equal(await told(served, 10_000, { domain: true, portOffset: true }), '');
});

test('another domain or other ports than the folder has are told, with the way to have them', async () => {
  const domain = await told(other, 10_000, { domain: true, portOffset: true });
  assert.match(domain, /serves example\.test, not other\.test/);
  assert.match(domain, /domain add other\.test --config \/data\/postern\.toml/);
  const ports = await told(served, 5000, { domain: true, portOffset: true });
  assert.match(ports, /listens on the ports 10025[^]*\[\[listener\]\]/);
});
