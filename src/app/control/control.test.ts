import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AdminWorld } from '#admin/world.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { connectControl } from './control-client.ts';
import type { ControlServer } from './control-server.ts';
import { startControlServer } from './control-server.ts';

async function start(t: TestContext, depth = 0) {
  const root = mkdtempSync(join(tmpdir(), 'postern-control-'));
  const dir = join(root, 'd'.repeat(60), ...Array.from({ length: depth }, () => 'e'.repeat(60)));
  mkdirSync(dir, { recursive: true });
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const world = {
    version: '0.0.0',
    store: createMemoryStore({ clock, random }),
    clock,
    random,
    settings: [],
    outgoingAddresses: [],
    notices: { domainsChanged: () => undefined },
  } as unknown as AdminWorld;
  const events: Event[] = [];
  const server: ControlServer = await startControlServer(dir, world, {
    emit: (event) => void events.push(event),
  });
  t.after(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });
  return { dir, events };
}

for (const depth of [0, 3])
  test(`a command is answered and put on record, ${depth} folders deep`, async (t) => {
    const { dir, events } = await start(t, depth);
    assert.equal(statSync(join(dir, 'control.sock')).mode & 0o777, 0o600);
    const client = await connectControl(dir);
    assert.ok(client);
    const ask = (operation: string, input: unknown, mode: 'run' | 'preview' = 'run') =>
      client.ask({ v: 1, operation, input, mode }, () => undefined);
    const made = await ask('domain add', { domain: 'example.test' });
    assert.ok(made !== undefined && 'output' in made, JSON.stringify(made));
    const preview = await ask('domain remove', { domain: 'example.test' }, 'preview');
    assert.ok(preview !== undefined && 'preview' in preview);
    const listed = await ask('domain list', {});
    assert.match(JSON.stringify(listed), /"example\.test"/);
    const unknown = await ask('domain paint', {});
    assert.match(JSON.stringify(unknown), /"usage"/);
    const wrong = await ask('domain add', { domain: 'not a name' });
    assert.deepEqual(Object.keys(wrong ?? {}), ['error']);
    client.close();
    assert.deepEqual(
      events.map((event) => (event.name === 'administration' ? event.operation : event.name)),
      ['domain add'],
    );
  });

test('what is no request is told so, and the next one is answered', async (t) => {
  const { dir } = await start(t);
  const socket = connect(join(dir, 'control.sock'));
  socket.write('hello\n{"v":2}\n{"v":1,"operation":"version","mode":"run"}\n');
  socket.end();
  let text = '';
  for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  const replies = text
    .trim()
    .split('\n')
    .map((line) => Object.keys(JSON.parse(line) as object)[0]);
  assert.deepEqual(replies, ['error', 'error', 'output']);
});

test('a socket that a dead server left behind is nobody', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-control-'));
  t.after(() => rmSync(dir, { recursive: true }));
  assert.equal(await connectControl(dir), undefined);
  writeFileSync(join(dir, 'control.sock'), '');
  assert.equal(await connectControl(dir), undefined);
});
