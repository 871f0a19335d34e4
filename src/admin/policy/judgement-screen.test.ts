import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';
import { screenColumns } from './judgement-screen.ts';

const zone = {
  '.': { NS: ['a.root-servers.net'] },
  'example.org': { MX: ['10 mail.example.org'] },
  'mail.example.org': { A: ['192.0.2.5'] },
  '2.0.0.127.bl.spamcop.net': { A: ['127.0.0.2'] },
  '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] },
};
const spoof = 'From: The boss <boss@example.test>\r\nSubject: pay\r\n\r\nnow\r\n';

async function screen(message: string, input: object): Promise<readonly string[]> {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  await store.domains.create('example.test' as Domain, 0);
  const plain = createFakeResolver(zone);
  const resolver: Resolver = {
    async ask(name, type, signal) {
      await clock.advance(1);
      return plain.ask(name, type, signal);
    },
  };
  const world = {
    hostname: 'mx.example.test' as Domain,
    store,
    clock,
    random,
    resolver,
    lists: listsFor({ clock, resolver: plain, settings: store.settings }),
    ownAddresses: new Set(['127.0.0.1']),
    messageFile: async () => ok(Buffer.from(message)),
  } as unknown as AdminWorld;
  const run = { progress: () => undefined, signal: new AbortController().signal };
  const operation = findOperation('policy test');
  const done = await operation?.run(world, { file: '/spoof.eml', ...input }, run);
  assert.ok(operation !== undefined && done?.ok === true, JSON.stringify(done));
  return operation.render(done.value);
}

const typed = '$ bin/postern policy test spoof.eml --ip 203.0.113.9 --helo laptop --from a@example.org\n';
const input = { ip: '203.0.113.9', helo: 'laptop', from: 'a@example.org' };

for (const file of ['README.md', 'docs/guide/policy.md'])
  test(`${file} shows the screen of a judgement as it is`, async () => {
    const lines = await screen(spoof, input);
    const page = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    const start = page.indexOf(typed) + typed.length;
    assert.equal(page.slice(start, page.indexOf('\n```', start)), lines.join('\n'));
  });

test('the screen stays within its columns, and names each step of the way', async () => {
  const lines = await screen(spoof, { ...input, helo: `${'x'.repeat(60)}.${'y'.repeat(60)}` });
  for (const line of lines) assert.ok(line.length <= screenColumns || !line.trim().includes(' '), line);
  const headings = lines.filter((line) => line.startsWith('What '));
  assert.deepEqual(
    headings.map((line) => line.replace(/ {2}.*/, '')),
    ['What was judged', 'What was found', 'What would have changed it'],
  );
});

test('what a message says cannot leave its line', async () => {
  const evil = spoof.replace('boss@example.test', 'boss@xn--\u001b[2J.example');
  const lines = await screen(evil, input);
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(lines.join('\n'), /[\u0000-\u0009\u000b-\u001f\u202e]/);
});
