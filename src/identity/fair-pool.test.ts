import { test } from 'node:test';
import assert from 'node:assert/strict';
import { FairPool } from './fair-pool.ts';
import { clientNetwork } from './client-network.ts';

function gate(): { readonly work: () => Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { work: () => promise, open: () => open() };
}

test('networks are served in turn: a flood does not keep the others out', async () => {
  const pool = new FairPool({ activeMax: 1, waitingMax: 100, waitingPerNetworkMax: 10 });
  const first = gate();
  const order: string[] = [];
  const jobs: (Promise<void> | undefined)[] = [pool.run('flood', first.work)];
  for (let i = 0; i < 5; i += 1) jobs.push(pool.run('flood', async () => void order.push('flood')));
  jobs.push(pool.run('quiet', async () => void order.push('quiet')));
  first.open();
  await Promise.all(jobs.map((job) => Promise.resolve(job)));
  assert.deepEqual(order, ['flood', 'quiet', 'flood', 'flood', 'flood', 'flood']);
});

test('the queue is bounded, for each network and in all', async () => {
  const pool = new FairPool({ activeMax: 1, waitingMax: 3, waitingPerNetworkMax: 2 });
  const first = gate();
  const quick = async (): Promise<void> => undefined;
  const taken = [pool.run('a', first.work), pool.run('a', quick), pool.run('a', quick)];
  assert.equal(pool.run('a', quick), undefined);
  taken.push(pool.run('b', quick));
  assert.equal(pool.run('c', quick), undefined);
  first.open();
  await Promise.all(taken.map((job) => Promise.resolve(job)));
  assert.notEqual(pool.run('c', quick), undefined);
});

test('a job that fails gives its place back', async () => {
  const pool = new FairPool({ activeMax: 1, waitingMax: 3, waitingPerNetworkMax: 2 });
  const failing = pool.run('a', () => Promise.reject(new Error('x')));
  const next = pool.run('a', async () => 7);
  await assert.rejects(async () => failing, /x/);
  assert.equal(await next, 7);
});

test('S-07: neighbours count together', () => {
  assert.equal(clientNetwork('203.0.113.5'), clientNetwork('203.0.113.250'));
  assert.notEqual(clientNetwork('203.0.113.5'), clientNetwork('203.0.114.5'));
  assert.equal(clientNetwork('2001:db8:0:1::5'), clientNetwork('2001:db8:0:1:ffff::1'));
  assert.notEqual(clientNetwork('2001:db8:0:1::5'), clientNetwork('2001:db8:0:2::5'));
});
