import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { AccountId } from '#base/id.ts';
import { parseMessage } from '#mail/message-parser.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Event } from '#trace/events.ts';
import { intakeWorld, mailFrom, send } from '../receive/intake.fixture.ts';
import type { IntakeWorld, WorldOptions } from '../receive/intake.fixture.ts';
import { createLocalDelivery, type LocalDelivery } from './local-delivery.ts';
import { retryDelayMs } from './outcome-of-trouble.ts';
import { settleQuietMs } from './settle-lots.ts';

interface LocalWorld extends IntakeWorld {
  readonly local: LocalDelivery;
  readonly told: Event[];
}

async function localWorld(options: WorldOptions = {}): Promise<LocalWorld> {
  const world = await intakeWorld(options);
  const told: Event[] = [];
  const { store, clock } = world;
  const local = createLocalDelivery({ store, clock, events: { emit: (event) => told.push(event) } });
  return { ...world, local, told };
}

/** The messages of a mailbox as text, and whether each one's summary is that of its bytes. */
async function messagesOf({ store }: IntakeWorld, account: AccountId, name = 'INBOX'): Promise<string[]> {
  const mailboxes = await store.mailboxes.list(account);
  assert.ok(mailboxes.ok);
  const mailbox = mailboxes.value.find((one) => one.name === name);
  if (mailbox === undefined) return [];
  const snapshot = await store.messages.select(account, mailbox.id);
  assert.ok(snapshot.ok);
  const needs = new Set(['summary', 'body'] as const);
  const rows = await store.messages.read(account, mailbox.id, [...snapshot.value.uids], needs, 256);
  assert.ok(rows.ok);
  return rows.value.map(({ summary, body }) => {
    assert.ok(body !== undefined);
    assert.deepEqual(summary, parseMessage(body));
    return Buffer.from(body).toString('latin1');
  });
}

async function waiting(store: Store): Promise<number> {
  const counts = await store.queue.counts();
  assert.ok(counts.ok);
  return counts.value.waiting + counts.value.leased + counts.value.held;
}

function failing(change: (store: Store) => Partial<Store['messages']>): WorldOptions {
  return { change: (store) => ({ ...store, messages: { ...store.messages, ...change(store) } }) };
}

test('a message lies in INBOX with its Return-Path, and the queue forgets it after the lot', async () => {
  const world = await localWorld();
  await send(world, { mail: mailFrom('a@example.org') });
  await world.local.deliver(world.leases);
  const [text] = await messagesOf(world, world.user);
  assert.match(
    text ?? '',
    /^Return-Path: <a@example\.org>\r\nDelivered-To: user@example\.test\r\nReceived: from client/,
  );
  await world.clock.advance(settleQuietMs - 1);
  assert.equal(await waiting(world.store), 1);
  await world.clock.advance(1);
  assert.equal(await waiting(world.store), 0);
  assert.deepEqual(
    world.told.map(({ name }) => name),
    ['delivery-done'],
  );
  const trace = await world.store.traces.get(world.leases[0]?.entry.traceId ?? '');
  assert.ok(trace.ok);
  assert.deepEqual(
    trace.value.deliveries.map(({ outcome }) => outcome),
    ['delivered'],
  );
});

test('what policy calls Junk lies in the mailbox that is Junk, with its results in front (I-48, I-52)', async () => {
  const settings = { 'policy.spf.action': 'junk', 'policy.greylisting': false };
  const zone = { 'example.org': { MX: ['10 mx.example.org'], TXT: ['v=spf1 -all'] } };
  for (const renamed of [false, true]) {
    const world = await localWorld({ policy: { zone, settings } });
    if (renamed) await renameJunk(world, 'Werbung');
    const sent = await send(world, { to: ['user+INBOX@example.test'], mail: mailFrom('a@example.org') });
    assert.ok(sent[0]?.ok);
    await world.local.deliver(world.leases);
    const [text] = await messagesOf(world, world.user, renamed ? 'Werbung' : 'Junk');
    assert.match(
      text ?? '',
      /^Return-Path: [^\r]*\r\nDelivered-To: [^\r]*\r\nAuthentication-Results: mx\.example\.test;\r\n[^]*spf=fail[^]*\r\nX-Postern-Verdict: junk; by=spf; trace=[0-9A-Z]{26}\r\nReceived: /,
    );
    assert.deepEqual(await messagesOf(world, world.user), []);
  }
});

async function renameJunk({ store, user }: IntakeWorld, name: string): Promise<void> {
  const list = await store.mailboxes.list(user);
  const junk = list.ok ? list.value.find(({ specialUse }) => specialUse === '\\Junk') : undefined;
  assert.ok(junk !== undefined);
  assert.ok((await store.mailboxes.rename(user, junk.id, name)).ok);
}

test('the null sender, many recipients and large bodies', async () => {
  const world = await localWorld();
  const message = `From: a@b\r\n\r\n${'line\r\n'.repeat(20_000)}`;
  await send(world, { mail: mailFrom(''), to: ['user@example.test', 'other@example.test'], message });
  const [lease] = world.leases;
  assert.ok(lease?.entry.body.kind === 'blob');
  await world.local.deliver(world.leases);
  await world.local.flush();
  assert.equal(await waiting(world.store), 0);
  for await (const frame of world.store.blobs.open(lease.entry.body.id, lease.entry.body.key)) {
    assert.ok(!frame.ok && frame.error.code === 'not-found');
  }
  for (const account of [world.user, world.other]) {
    const mailboxes = await world.store.mailboxes.list(account);
    assert.ok(mailboxes.ok);
    const inbox = mailboxes.value.find(({ name }) => name === 'INBOX');
    assert.ok(inbox !== undefined);
    const pieces: Uint8Array[] = [];
    for await (const piece of world.store.messages.body(account, inbox.id, 1)) {
      assert.ok(piece.ok);
      pieces.push(piece.value);
    }
    const text = Buffer.concat(pieces).toString();
    assert.ok(text.startsWith('Return-Path: <>\r\n'));
    assert.ok(text.endsWith(message));
  }
});

test('a sub-address reaches a mailbox that exists, and no special one', async () => {
  const world = await localWorld();
  await world.store.mailboxes.create(world.user, 'lists/café');
  const to = ['user+lists/café@example.test', 'user+Nowhere@example.test', 'user+Sent@example.test'];
  await send(world, { mail: mailFrom('', { smtpUtf8: true }), to });
  await world.local.deliver(world.leases);
  assert.equal((await messagesOf(world, world.user, 'lists/café')).length, 1);
  assert.equal((await messagesOf(world, world.user)).length, 2);
  assert.equal((await messagesOf(world, world.user, 'Nowhere')).length, 0);
  assert.equal((await messagesOf(world, world.user, 'Sent')).length, 0);
});

test('two sub-addresses that differ by case reach a mailbox each, also after a crash', async () => {
  const world = await localWorld();
  for (const name of ['Lists', 'lists']) await world.store.mailboxes.create(world.user, name);
  await send(world, { mail: mailFrom(''), to: ['user+Lists@example.test', 'user+lists@example.test'] });
  for (let time = 0; time < 2; time += 1) await world.local.deliver(world.leases);
  for (const name of ['Lists', 'lists'])
    assert.equal((await messagesOf(world, world.user, name)).length, 1, name);
});

test('delivered again after a crash, it is there once and told once', async () => {
  const world = await localWorld();
  await send(world);
  await world.local.deliver(world.leases);
  await world.local.deliver(world.leases);
  await world.local.flush();
  assert.equal((await messagesOf(world, world.user)).length, 1);
  assert.equal(world.told.length, 1);
  assert.equal(await waiting(world.store), 0);
});

test('over quota: what was accepted is delivered', async () => {
  const world = await localWorld({ quotaBytes: 10 });
  await send(world);
  await world.local.deliver(world.leases);
  assert.equal((await messagesOf(world, world.user)).length, 1);
});

test("an account's trouble makes its mail wait, never bounce; the others get theirs", async () => {
  for (const error of [
    { code: 'fenced', file: 'f', detail: 'fsync failed' },
    { code: 'disk-full', detail: 'x' },
    { code: 'unavailable', detail: 'x' },
  ] satisfies Trouble[]) {
    const owner: { user?: AccountId } = {};
    const world = await localWorld(
      failing((store) => ({
        deliver: async (account, message, plan, key) =>
          account === owner.user ? { ok: false, error } : store.messages.deliver(account, message, plan, key),
      })),
    );
    owner.user = world.user;
    await send(world, { to: ['user@example.test', 'other@example.test'] });
    await world.local.deliver(world.leases);
    await world.local.flush();
    assert.equal((await messagesOf(world, world.other)).length, 1);
    const item = await world.store.queue.get(world.leases[0]?.entry.id as Lease['entry']['id']);
    assert.ok(item.ok);
    assert.deepEqual(
      item.value.recipients.map(({ state, nextAtMs }) => [state, nextAtMs]),
      [['waiting', world.clock.now() + 10_000]],
    );
    assert.ok(world.told.some(({ name }) => name === 'delivery-deferred'));
  }
});

test('what could not be synced is not forgotten by the queue', async () => {
  const sync: { error: Trouble | undefined } = { error: { code: 'fenced', file: 'f', detail: 'x' } };
  const world = await localWorld(
    failing((store) => ({
      synced: async (account) =>
        sync.error === undefined ? store.messages.synced(account) : { ok: false, error: sync.error },
    })),
  );
  await send(world);
  await world.local.deliver(world.leases);
  await world.local.flush();
  assert.equal(await waiting(world.store), 1);
  sync.error = undefined;
  await world.clock.advance(60_000);
  const nowMs = world.clock.now();
  const again = await world.store.queue.lease(nowMs, 10, 'test', nowMs + 60_000);
  assert.ok(again.ok);
  await world.local.deliver(again.value);
  await world.local.flush();
  assert.equal(await waiting(world.store), 0);
  assert.equal((await messagesOf(world, world.user)).length, 1);
});

test('mail for an account that is gone is held for a person', async () => {
  const world = await localWorld(
    failing(() => ({ deliver: async () => ({ ok: false, error: { code: 'not-found', what: 'account' } }) })),
  );
  await send(world);
  await world.local.deliver(world.leases);
  await world.local.flush();
  const counts = await world.store.queue.counts();
  assert.deepEqual(counts.ok && counts.value, { waiting: 0, leased: 0, held: 1 });
});

test('waits double from ten seconds to a quarter of an hour', () => {
  assert.deepEqual([1, 2, 3, 8, 100].map(retryDelayMs), [10_000, 20_000, 40_000, 900_000, 900_000]);
});
