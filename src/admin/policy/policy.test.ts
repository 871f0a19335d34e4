import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { adminError } from '../errors.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.2.0.192.in-addr.arpa': { PTR: ['mail.example.org'] },
  'mail.example.org': { A: ['192.0.2.5'] },
  'example.org': { MX: ['10 mail.example.org'], TXT: ['v=spf1 ip4:192.0.2.5 -all'] },
};

const spoof = 'From: Boss <boss@example.test>\nSubject: pay\n\nnow\n';
const honest = 'From: a@example.org\nSubject: hi\n\nhello\n';

function makeWorld() {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const told: string[] = [];
  const files: Readonly<Record<string, string>> = { '/spoof.eml': spoof, '/honest.eml': honest };
  const store = createMemoryStore({ clock, random });
  const resolver = createFakeResolver(zone);
  const world = {
    hostname: 'mx.example.test' as Domain,
    store,
    clock,
    random,
    resolver,
    lists: listsFor({ clock, resolver, settings: store.settings }),
    ownAddresses: new Set(['127.0.0.1']),
    messageFile: async (path: string) => {
      const text = files[path];
      return text === undefined ? err(adminError('file-not-found', path, path)) : ok(Buffer.from(text));
    },
    notices: { settingChanged: (name: string) => told.push(name) },
  } as unknown as AdminWorld;
  const run = async (name: string, input: object) => {
    const operation = findOperation(name);
    assert.ok(operation !== undefined, name);
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const done = await operation.run(world, input, context);
    return { done, lines: done.ok ? operation.render(done.value) : [] };
  };
  return { run, told, store, clock };
}

test('every check is listed with what it does, and changed by name at once (P-17)', async () => {
  const { run, told } = makeWorld();
  const before = await run('policy list', {});
  assert.ok(
    before.lines.some((line) => /^connect +iprev +score +3 /.test(line)),
    before.lines.join('\n'),
  );
  const changed = await run('policy set', { check: 'iprev', action: 'refuse', except: ['192.0.2.0/24'] });
  assert.ok(changed.done.ok);
  assert.deepEqual(told, ['policy.iprev.action', 'policy.iprev.except']);
  const shown = (await run('policy show', { check: 'iprev' })).lines.join('\n');
  assert.match(shown, /refuse: what is not so is refused \(default: score\)/);
  assert.match(shown, /except +192\.0\.2\.0\/24/);
  assert.match((await run('policy list', {})).lines.join('\n'), /refuse \(else score\)/);
});

test('what does not exist or says nothing is told', async () => {
  const { run } = makeWorld();
  for (const [name, input, code] of [
    ['policy show', { check: 'ipref' }, 'check-not-found'],
    ['policy set', { check: 'iprev' }, 'usage'],
    ['policy set', { check: 'iprev', action: 'shout' }, 'value-invalid'],
    ['policy set', { check: 'iprev', except: ['not a network'] }, 'value-invalid'],
    ['policy test', { file: '/nowhere.eml', ip: '192.0.2.5' }, 'file-not-found'],
  ] as const) {
    const { done } = await run(name, input);
    assert.equal(done.ok ? 'ok' : done.error.code, code, JSON.stringify(input));
  }
});

test('a message is judged without being delivered, in words for a person', async () => {
  const { run, store } = makeWorld();
  await store.domains.create('example.test' as Domain, 0);
  const good = { ip: '192.0.2.5', helo: 'mail.example.org', from: 'a@example.org' };
  const honestly = await run('policy test', { file: '/honest.eml', ...good });
  assert.match(honestly.lines[0] ?? '', /^INBOX +This message would go to the inbox\.$/);
  const spoofed = (await run('policy test', { file: '/spoof.eml', ...good })).lines;
  assert.match(spoofed[0] ?? '', /^REFUSED This message would be refused after it was sent\.$/);
  assert.match(
    spoofed.join(' '),
    /Why +It is written in the name of our own domain.*check +own-author is set to/,
  );
  assert.match(spoofed.join('\n'), /^ {2}Reply +550 5\.7\.1 mail from example\.test is accepted/m);
  const stranger = { ip: '198.51.100.7', helo: 'laptop', from: 'a@nowhere.example' };
  const strange = (await run('policy test', { file: '/honest.eml', ...stranger })).lines;
  assert.match(strange[0] ?? '', /would be refused before it is sent/);
  const traces = await store.traces.list({}, undefined, 10);
  assert.deepEqual(traces.ok ? traces.value.items : undefined, [], 'no trace is kept');
});

test('changed settings count for the next test', async () => {
  const { run } = makeWorld();
  const input = { file: '/honest.eml', ip: '198.51.100.7', helo: 'laptop', from: 'a@example.org' };
  const refused = await run('policy test', input);
  assert.match(refused.lines.join('\n'), /^REFUSED[^]*the check spf is\s+set to refuse/im);
  await run('policy set', { check: 'spf', action: 'note' });
  const taken = await run('policy test', input);
  assert.match(taken.lines[0] ?? '', /^(PUT OFF|INBOX)/);
});
