import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { client } from './thread-client.ts';
import type { Operation, Request } from './thread.ts';

interface Table {
  readonly add: Operation<never>;
  readonly list: Operation<never>;
}

type Answer = Result<unknown, Trouble>;

/** A worker that answers when the test says so; each batch as the names of what it asks. */
function wired() {
  const posted: (readonly Request[])[] = [];
  const turns: (() => void)[] = [];
  const side = client<Table>({
    names: ['add', 'list'],
    durable: new Set(['add']),
    schedule: (flush) => void turns.push(flush),
    post: (batch) => void posted.push(batch),
  });
  const call = side.call as unknown as Readonly<Record<'add' | 'list', (args: unknown) => Promise<Answer>>>;
  const turn = (): void => {
    for (const flush of turns.splice(0)) flush();
  };
  const names = () => posted.map((batch) => batch.map(({ name, args }) => `${name} ${String(args)}`));
  const answer = (batch: number): void =>
    side.receive((posted[batch] ?? []).map(({ id }) => ({ id, result: ok(id) })));
  return { side, call, turn, names, answer, posted };
}

test('durable work gathers while a commit is under way, in its order; other work does not wait for it', async () => {
  const { call, turn, names, answer } = wired();
  const first = call.add(1);
  turn();
  const later = [call.add(2), call.add(3)];
  const other = call.list(0);
  turn();
  assert.deepEqual(names(), [['add 1'], ['list 0']]);
  answer(1);
  assert.ok((await other).ok);
  turn();
  assert.equal(names().length, 2);
  answer(0);
  assert.ok((await first).ok);
  turn();
  assert.deepEqual(names()[2], ['add 2', 'add 3']);
  answer(2);
  assert.ok((await Promise.all(later)).every((result) => result.ok));
});

test('a commit that ends in a bug of ours, or reply by reply, lets the next one go', async () => {
  const { side, call, turn, names, posted } = wired();
  const two = [call.add(1), call.add(2)];
  turn();
  const next = call.add(3);
  const [one, another] = posted[0] ?? [];
  assert.ok(one !== undefined && another !== undefined);
  side.receive([{ id: one.id, bug: 'ours' }]);
  await assert.rejects(two[0] ?? next, /ours/);
  turn();
  assert.equal(names().length, 1);
  side.receive([{ id: another.id, result: ok(undefined) }]);
  turn();
  assert.deepEqual(names()[1], ['add 3']);
});

test('what has gathered is answered when the worker dies, and goes out before it is closed', async () => {
  const dying = wired();
  const under = dying.call.add(1);
  dying.turn();
  const gathered = dying.call.add(2);
  dying.side.lost('gone');
  for (const result of await Promise.all([under, gathered, dying.call.add(3)]))
    assert.equal(!result.ok && result.error.code, 'unavailable');
  dying.turn();
  assert.equal(dying.posted.length, 1);

  const { side, call, turn, names, answer } = wired();
  void call.add(1);
  turn();
  void call.add(2);
  let isIdle = false;
  side.flush();
  const idle = side.idle().then(() => (isIdle = true));
  answer(0);
  turn();
  await Promise.resolve();
  assert.deepEqual([names().length, isIdle], [2, false]);
  answer(1);
  await idle;
});
