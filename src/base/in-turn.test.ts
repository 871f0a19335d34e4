import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InTurn } from './in-turn.ts';

test('so many run at once, in the order in which they came, whatever becomes of those before', async () => {
  const turns = new InTurn(2);
  const begun: number[] = [];
  const ends: ((fault?: Error) => void)[] = [];
  const works = Array.from({ length: 5 }, (_, n) =>
    turns.run(() => {
      begun.push(n);
      return new Promise<number>((resolve, reject) => {
        ends.push((fault) => (fault === undefined ? resolve(n) : reject(fault)));
      });
    }),
  );
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.();
  assert.equal(await works[1], 1);
  assert.deepEqual(begun, [0, 1, 2]);
  ends[0]?.(new Error('it failed'));
  await assert.rejects(works[0] ?? assert.fail(), /it failed/);
  assert.deepEqual(begun, [0, 1, 2, 3]);
  ends[2]?.();
  await works[2];
  ends[3]?.();
  ends[4]?.();
  assert.deepEqual(await Promise.all(works.slice(2)), [2, 3, 4]);
  assert.equal(await turns.run(async () => 'free again'), 'free again');
});
