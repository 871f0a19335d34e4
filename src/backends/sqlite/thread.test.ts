import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { describe, it } from 'node:test';
import { ok } from '#base/result.ts';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { diskFiles } from './files.ts';
import { client, durableOf } from './thread-client.ts';
import { startInThread, startThread } from './thread-start.ts';
import type { Reply, Request } from './thread.ts';
import { kind } from './thread.fixture.ts';

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('thread');
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ways = {
  'in a thread of its own': (folder: string) => startThread(kind, { init: undefined, folder }),
  'in the same thread': (folder: string) =>
    startInThread(kind, {
      init: undefined,
      context: { clock: systemClock(), random: systemRandom(), files: diskFiles(folder) },
    }),
};

for (const [way, start] of Object.entries(ways)) {
  describe(`a storage worker ${way}`, () => {
    it('commits a batch together, each operation by itself', () =>
      withFolder(async (folder) => {
        const started = await start(folder);
        assert.ok(started.ok);
        const worker = started.value;
        const { call } = worker;
        const results = await Promise.all([
          call.add({ text: 'one' }),
          call.add({ text: 'refused' }),
          call.bug({}).catch((error: unknown) => String(error)),
          call.add({ text: 'two' }),
        ]);
        assert.deepEqual(results[1], { ok: false, error: { code: 'invalid', what: 'text' } });
        assert.ok(typeof results[2] === 'string' && results[2].includes('our own bug'));
        assert.deepEqual(await call.list({}), { ok: true, value: ['one', 'two'] });
        const [three, thrown] = await Promise.all([
          call.add({ text: 'three' }),
          call.bug({}).catch((error: unknown) => String(error)),
        ]);
        assert.ok(three.ok && typeof thrown === 'string' && thrown.includes('our own bug'));
        assert.deepEqual(await call.later({}), { ok: true, value: 3 });
        await worker.close();
        assert.equal((await call.list({})).ok, false);
        const again = await start(folder);
        assert.ok(again.ok);
        assert.deepEqual(await again.value.call.list({}), { ok: true, value: ['one', 'two', 'three'] });
        await again.value.close();
      }));

    it('says why it cannot open', async () => {
      const started = await start('/dev/null/nowhere');
      assert.ok(!started.ok && started.error.code === 'fenced');
    });
  });
}

it('durable work waits for the commit under way and shares the next; other work does not wait', async () => {
  const posted: (readonly Request[])[] = [];
  const side = client<Pick<typeof kind.operations, 'add' | 'list'>>({
    names: Object.keys(kind.operations),
    durable: durableOf(kind.operations),
    schedule: queueMicrotask,
    post: (batch) => void posted.push(batch),
  });
  const texts = (): readonly string[] =>
    posted.map((batch) => batch.map(({ name, args }) => `${name} ${JSON.stringify(args)}`).join(', '));
  const done = ({ id }: Request): Reply => ({ id, result: ok(undefined) });
  const first = side.call.add({ text: 'one' });
  await Promise.resolve();
  const rest = [side.call.add({ text: 'two' }), side.call.list({}), side.call.add({ text: 'three' })];
  await Promise.resolve();
  assert.deepEqual(texts(), ['add {"text":"one"}', 'list {}']);
  side.receive((posted[0] ?? []).map(done));
  await first;
  assert.deepEqual(texts().slice(2), ['add {"text":"two"}, add {"text":"three"}']);
  side.receive(posted.slice(1).flat().map(done));
  await Promise.all(rest);
  await side.idle();
});

it(
  'what is done in the background gives way, and its thread alone',
  { skip: process.platform !== 'linux' },
  () =>
    withFolder(async (folder) => {
      const before = getPriority();
      const started = await startThread(kind, { init: undefined, folder });
      assert.ok(started.ok);
      assert.deepEqual(await started.value.call.niceness({}), ok(Math.min(19, before + 10)));
      assert.equal(getPriority(), before);
      await started.value.close();
    }),
);

it('a dead thread answers unavailable', () =>
  withFolder(async (folder) => {
    const started = await startThread(kind, { init: undefined, folder });
    assert.ok(started.ok);
    const result = await started.value.call.die({});
    assert.ok(!result.ok && result.error.code === 'unavailable');
    await started.value.close();
  }));
