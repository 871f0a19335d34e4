import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from './fake-clock.ts';
import { createFakeDialer } from './fake-dialer.ts';
import { createFailureSchedule } from './fake-failures.ts';
import { createFakeRandom } from './fake-random.ts';
import { createFakeResolver } from './fake-resolver.ts';
import { createFakeSecrets } from './fake-secrets.ts';

const never = new AbortController().signal;

test('N-20: one seed, one sequence and one schedule of failures', () => {
  const draw = (seed: number): readonly unknown[] => {
    const random = createFakeRandom(seed);
    const failures = createFailureSchedule(random, { perThousand: { dial: 300 } });
    return [
      random.bytes(8),
      ...Array.from({ length: 20 }, () => failures.fails('dial')),
      failures.fails('other'),
    ];
  };
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
});

test('sleepers wake in the order of their times, followers in between', async () => {
  const clock = createFakeClock({ startMs: 1000 });
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name} ${clock.now()}`);
  };
  void sleeper('b', 20).then(() => sleeper('c', 5));
  void sleeper('a', 10);
  const stopped = new AbortController();
  const aborted = clock.sleep(1e9, stopped.signal);
  await clock.advance(30);
  assert.deepEqual(woken, ['a 1010', 'b 1020', 'c 1025']);
  assert.equal(clock.sleeping, 1);
  stopped.abort();
  await aborted;
  clock.jump(-500);
  assert.deepEqual([clock.now(), clock.monotonic()], [530, 30]);
});

test('in auto mode time leaps to the next sleeper', async () => {
  const clock = createFakeClock({ auto: createFakeRandom(1) });
  const before = clock.now();
  await Promise.all([clock.sleep(3_600_000), clock.sleep(7_200_000)]);
  assert.equal(clock.now(), before + 7_200_000);
});

test('names resolve by the zone table, through CNAMEs, loops end', async () => {
  const resolver = createFakeResolver({
    'example.test': { MX: ['10 mx.example.test'], A: 'servfail' },
    'mx.example.test.': { CNAME: ['Real.test'] },
    'real.test': { A: ['192.0.2.1'], authenticated: true },
    'loop.test': { CNAME: ['loop.test'] },
    'dead.test': 'timeout',
  });
  const ask = async (name: string, type: 'A' | 'MX'): Promise<unknown> => {
    const answer = await resolver.ask(name, type);
    return answer.ok ? answer.value.records : answer.error;
  };
  assert.deepEqual(await ask('EXAMPLE.test', 'MX'), [
    { type: 'MX', name: 'example.test', preference: 10, exchange: 'mx.example.test' },
  ]);
  assert.deepEqual(await ask('mx.example.test', 'A'), [{ type: 'A', name: 'real.test', data: '192.0.2.1' }]);
  assert.deepEqual(
    [
      await ask('example.test', 'A'),
      await ask('loop.test', 'A'),
      await ask('dead.test', 'MX'),
      await ask('no.test', 'A'),
      await ask('real.test', 'MX'),
    ],
    ['servfail', 'servfail', 'timeout', 'nxdomain', 'nodata'],
  );
});

test('bytes go both ways, writers wait for readers, the end arrives', async () => {
  const dialer = createFakeDialer();
  const stop = dialer.listen('192.0.2.1', 25, (stream) => {
    void stream.write(Buffer.from('220 hello'), never).then(() => stream.close());
  });
  const opened = await dialer.open({ host: '192.0.2.1', port: 25 }, never);
  assert.ok(opened.ok);
  const read = await opened.value.read(never);
  assert.equal(read.ok && Buffer.from(read.value ?? []).toString(), '220 hello');
  assert.deepEqual(await opened.value.read(never), { ok: true, value: undefined });
  assert.deepEqual(await opened.value.write(Buffer.from('x'), never), { ok: false, error: 'reset' });
  stop();
  assert.deepEqual(await dialer.open({ host: '192.0.2.1', port: 25 }, never), {
    ok: false,
    error: 'refused',
  });
});

test('a wrap opens only under its key and purpose', () => {
  const key = createFakeRandom(9).bytes(32);
  const wrapped = createFakeSecrets(1).wrap('queue', key);
  assert.deepEqual(createFakeSecrets(1).unwrap('queue', wrapped), { ok: true, value: key });
  assert.deepEqual(createFakeSecrets(1).unwrap('traces', wrapped), { ok: false, error: 'wrong-key' });
  assert.deepEqual(createFakeSecrets(2).unwrap('queue', wrapped), { ok: false, error: 'wrong-key' });
});
