import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

function world() {
  const clock = createFakeClock();
  const book = new RelayBook({ clock, changed: () => undefined });
  return { clock, relays: { book, kept: async () => undefined } } as unknown as AdminWorld;
}

async function run(made: AdminWorld, name: string, input: unknown): Promise<Record<string, unknown>> {
  const found = findOperation(name);
  assert.ok(found !== undefined);
  const context = { progress: () => undefined, signal: new AbortController().signal };
  const output = await found.run(made, input, context);
  if (!output.ok) return { ...output.error };
  assert.ok(found.render(output.value).length > 0);
  return output.value as Record<string, unknown>;
}

const printers = {
  network: '192.0.2.0/28',
  from: ['example.test'],
  owner: 'facilities',
  reason: 'printers that cannot log in',
  for: '30d',
};

test('an entry is made whole or not at all, listed and taken away (P-10)', async () => {
  const made = world();
  for (const name of Object.keys(printers)) {
    const { [name as keyof typeof printers]: _, ...rest } = printers;
    assert.equal((await run(made, 'relay add', rest))['code'], 'usage', name);
  }
  const added = await run(made, 'relay add', printers);
  assert.deepEqual(
    [added['network'], added['senders'], added['holds']],
    ['192.0.2.0/28', ['example.test'], true],
  );
  assert.deepEqual(await run(made, 'relay list', {}), { items: [added] });
  assert.equal((await run(made, 'relay remove', { network: '192.0.2.0/28' }))['owner'], 'facilities');
  assert.equal((await run(made, 'relay remove', { network: '192.0.2.0/28' }))['code'], 'not-found');
});

test('wide networks are refused, however they are written and whatever is confirmed', async () => {
  const made = world();
  for (const network of [
    '0.0.0.0/0',
    '10.0.0.0/8',
    '192.168.0.0/15',
    '::/0',
    '2001::/16',
    '::ffff:0.0.0.0/96',
  ]) {
    const refused = await run(made, 'relay add', { ...printers, network });
    assert.equal(refused['code'], 'value-invalid', network);
  }
  assert.equal((await run(made, 'relay list', {}))['items']?.toString(), '');
});

test('it asks back before anybody may send without a log-in, and no entry is for ever or for every sender', async () => {
  const made = world();
  const add = findOperation('relay add');
  assert.equal(add?.dangerous, true);
  const preview = await add.preview(made, printers);
  assert.match(
    preview.ok ? preview.value.join() : '',
    /send mail to anyone as example\.test, without a log-in/,
  );
  for (const change of [
    { for: '3650d' },
    { for: '0s' },
    { from: [] },
    { from: ['*'] },
    { owner: '' },
    { reason: '' },
  ])
    assert.equal((await run(made, 'relay add', { ...printers, ...change }))['code'], 'value-invalid');
});
