import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';
import { downstreamKind, downstreamOrNoneKind } from './downstream-kind.ts';

test('a server is a name or an address with a port, and how much TLS it needs', () => {
  const read = (text: string) => {
    const value = downstreamKind.read(text);
    return value.ok ? value.value : undefined;
  };
  assert.deepEqual(read('10.0.0.7:25'), { host: '10.0.0.7', port: 25, tls: 'opportunistic' });
  assert.deepEqual(read('[2001:DB8::7]:2525,encrypted'), {
    host: '2001:db8::7',
    port: 2525,
    tls: 'encrypted',
  });
  assert.deepEqual(read('Mail.Inner.Example:25,verified'), {
    host: 'mail.inner.example',
    port: 25,
    tls: 'verified',
  });
  const wrong = [
    '',
    'mail.inner.example',
    'mail.inner.example:0',
    'mail.inner.example:65536',
    'mail.inner.example:25,tls',
    '10.0.0.7:25,verified',
    '10.0.0:25',
    '2001:db8::7:25',
    'a b:25',
    'none',
    'x'.repeat(300),
  ];
  for (const text of wrong) assert.equal(read(text), undefined, text);
  for (const text of ['10.0.0.7:25,opportunistic', '[2001:db8::7]:25,encrypted', 'none']) {
    const value = downstreamOrNoneKind.read(text);
    assert.equal(value.ok && downstreamOrNoneKind.write(value.value), text);
  }
});

test('a domain is given a server behind this one, and loses it again (I-88)', async () => {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const told: string[] = [];
  const notices = { domainsChanged: () => told.push('domains'), queueChanged: () => told.push('queue') };
  const store = createMemoryStore({ clock, random });
  const made = { store, clock, random, notices, hostname: 'mx.example.test', outgoingAddresses: [] };
  const run = async (name: string, input: unknown) => {
    const found = findOperation(name);
    assert.ok(found !== undefined);
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const output = await found.run(made as unknown as AdminWorld, input, context);
    if (!output.ok) return output.error.code;
    assert.ok(found.render(output.value).length > 0);
    return (output.value as Record<string, unknown>)['downstream'];
  };
  const added = await run('domain add', { domain: 'example.test', downstream: '10.0.0.7:25' });
  assert.equal(added, '10.0.0.7:25,opportunistic');
  const changed = await run('domain change', { domain: 'example.test', downstream: '10.0.0.8:25,encrypted' });
  assert.equal(changed, '10.0.0.8:25,encrypted');
  assert.deepEqual(told, ['domains', 'domains', 'queue']);
  assert.equal(await run('domain change', { domain: 'example.test', downstream: 'none' }), null);
  assert.equal(await run('domain change', { domain: 'other.test', downstream: 'none' }), 'domain-not-found');
});
