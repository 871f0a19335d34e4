import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { QueueId, TraceId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import type { Configuration } from '#config/configuration.ts';
import { readConfiguration } from '#config/read-configuration.ts';
import { noCredentials } from '#identity/make-credentials.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import { parseMessage } from '#mail/message-parser.ts';
import type { Store } from '#store/contract/store.ts';
import { silentEvents } from '#trace/events.ts';
import { openStore } from '../parts/open-store.ts';
import { systemWorld } from '../parts/world.ts';
import { folderBackups } from './folder-backups.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-backup-'));
after(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, 'key'), `${'cd'.repeat(32)}\n`);
chmodSync(join(root, 'key'), 0o600);

const world = systemWorld(silentEvents);
const domain = 'example.test' as Domain;
const address: Address = { local: 'a', domain };
const bytes = Buffer.from('Subject: kept\r\n\r\nbody\r\n');
const message = { body: { kind: 'bytes', bytes } as const, summary: parseMessage(bytes) };

function configurationOf(name: string): Configuration {
  mkdirSync(join(root, name), { mode: 0o700 });
  const text = `[server]\nhostname = "mail.example.test"\n[data]\ndir = "${name}"\n[keys]\nmaster = "file:key"\n[[listener]]\nname = "mx"\nrole = "mx"\naddress = "127.0.0.1"\nport = 10025\ntls = "none"\n`;
  const read = readConfiguration(text, join(root, 'postern.toml'));
  assert.ok(read.ok);
  return read.value;
}

async function withStore<T>(configuration: Configuration, work: (store: Store) => Promise<T>): Promise<T> {
  const opened = await openStore(configuration, world, 'command');
  assert.ok(opened.ok, JSON.stringify(opened));
  try {
    return await work(opened.value.store);
  } finally {
    await opened.value.store.close();
  }
}

async function fill(store: Store): Promise<void> {
  const nowMs = world.clock.now();
  await store.domains.create(domain, nowMs);
  const quota = { bytes: undefined, messages: undefined };
  const credentials = noCredentials(nowMs);
  const made = await store.accounts.create({
    address,
    credentials,
    administers: [],
    quota,
    nowMs,
    reservedNameAllowed: false,
  });
  assert.ok(made.ok);
  const inbox = (await inboxOf(store)).mailbox;
  const appended = await store.messages.append(made.value.id, inbox, [
    { ...message, prefix: new Uint8Array(), internalDateMs: 1000, flags: [] },
  ]);
  assert.ok(appended.ok);
  const elsewhere = { local: 'b', domain: 'other.test' as Domain };
  const queued = await store.queue.add({
    ...message,
    id: makeId<QueueId>(nowMs, world.random.bytes(10)),
    traceId: makeId<TraceId>(nowMs, world.random.bytes(10)),
    receivedAtMs: nowMs,
    from: address,
    recipients: [
      { address: elsewhere, original: elsewhere, route: { kind: 'remote', domain: elsewhere.domain } },
    ],
    bodyType: '7bit',
    smtpUtf8: false,
    submitter: made.value.id,
    origin: 'submission',
    expiresAtMs: nowMs + 86_400_000,
  });
  assert.ok(queued.ok);
}

const wish = (folder: string) => ({
  folder,
  account: undefined,
  replace: false,
  masterKeyFile: undefined,
  dryRun: false,
});

async function inboxOf(store: Store) {
  const account = await store.accounts.byAddress(address);
  assert.ok(account.ok);
  const mailboxes = await store.mailboxes.list(account.value.id);
  assert.ok(mailboxes.ok);
  const inbox = mailboxes.value.find((one) => one.name === 'INBOX');
  assert.ok(inbox);
  return { account: account.value.id, mailbox: inbox.id, uidValidity: inbox.uidValidity };
}

test('what is restored reads as before, under a new UIDVALIDITY, and what waited is held', async () => {
  const source = configurationOf('source');
  const target = configurationOf('target');
  const folder = join(root, 'backup');
  await withStore(source, fill);
  const before = await withStore(source, inboxOf);
  const made = await folderBackups(source, world).write({ folder, account: undefined }, () => undefined);
  assert.ok(made.ok, JSON.stringify(made));
  const restored = await folderBackups(target, world).restore(wish(folder), () => undefined);
  assert.ok(restored.ok, JSON.stringify(restored));
  const { accounts, messages, held } = restored.value;
  assert.deepEqual({ accounts, messages, held }, { accounts: 1, messages: 1, held: 1 });
  await withStore(target, async (store) => {
    const inbox = await inboxOf(store);
    assert.ok(inbox.uidValidity > before.uidValidity, `${inbox.uidValidity} after ${before.uidValidity}`);
    const rows = await store.messages.read(inbox.account, inbox.mailbox, [1], new Set(['body'] as const), 1);
    assert.deepEqual(rows.ok && Buffer.from(rows.value[0]?.body ?? []), bytes);
    const waiting = await store.queue.list({}, undefined, 10);
    assert.ok(waiting.ok);
    assert.deepEqual(
      waiting.value.items.flatMap((item) => item.recipients.map((one) => one.state)),
      ['held'],
    );
    const made = await store.mailboxes.create(inbox.account, 'Later');
    assert.ok(made.ok && made.value.uidValidity > inbox.uidValidity, 'later mailboxes go on from there');
  });
});

test('a backup of another master key is not restored', async () => {
  const target = configurationOf('stranger');
  writeFileSync(join(root, 'key'), `${'ef'.repeat(32)}\n`);
  const restored = await folderBackups(target, world).restore(wish(join(root, 'backup')), () => undefined);
  assert.equal(restored.ok ? '' : restored.error.code, 'master-key');
});
