import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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
import { readManifest } from './manifest.ts';
import { restoreFiles } from './restore-into-empty.ts';

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

function filesOf({ dataDir }: Configuration): ReadonlySet<string> {
  return new Set(readdirSync(dataDir, { recursive: true, encoding: 'utf8' }));
}

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

test('a store that lost its keys is no empty folder: nothing of it is written over or deleted', async () => {
  const source = configurationOf('keyless');
  await withStore(source, fill);
  rmSync(join(source.dataDir, 'keys.db'));
  const before = filesOf(source);
  const restored = await folderBackups(source, world).restore(wish(join(root, 'backup')), () => undefined);
  assert.equal(restored.ok ? '' : restored.error.code, 'not-empty');
  assert.deepEqual(filesOf(source), before);
});

test('what fails while files are put into an empty folder leaves alone what was there before', async () => {
  const target = configurationOf('occupied');
  writeFileSync(join(target.dataDir, 'lonely.txt'), 'mine');
  const manifest = await readManifest(join(root, 'backup'));
  assert.ok(manifest.ok);
  const [, second] = manifest.value.files;
  assert.ok(second);
  mkdirSync(join(target.dataDir, dirname(second.path)), { recursive: true });
  writeFileSync(join(target.dataDir, second.path), 'mine');
  const undo = new AsyncDisposableStack();
  const { dataDir } = target;
  const task = { folder: join(root, 'backup'), dataDir, manifest: manifest.value, nowMs: 0 };
  await assert.rejects(
    restoreFiles(task, undo, () => undefined),
    /EEXIST/,
  );
  await undo.disposeAsync();
  assert.equal(readFileSync(join(dataDir, second.path), 'utf8'), 'mine');
  const left = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  assert.deepEqual(left.map(({ name }) => name).toSorted(), ['lonely.txt', basename(second.path)].toSorted());
});

for (const [what, lose, setAside] of [
  ['missing', (path: string) => rmSync(path), false],
  ['empty', (path: string) => writeFileSync(path, ''), true],
  ['noise', (path: string) => writeFileSync(path, 'x'.repeat(9_000)), true],
  ['cut', (path: string) => truncateSync(path, 4_096), true],
] as const)
  test(`queue.db ${what}: an empty queue is begun, and a backup brings back, held, what waited`, async () => {
    const source = configurationOf(`queue-${what}`);
    const folder = join(root, `backup-${what}`);
    const path = join(source.dataDir, 'queue.db');
    const backups = folderBackups(source, world);
    await withStore(source, fill);
    const made = await backups.write({ folder, account: undefined }, () => undefined);
    assert.ok(made.ok);
    const whole = await backups.renewQueue({ dryRun: false });
    assert.equal(whole.ok ? '' : whole.error.code, 'conflict');
    lose(path);
    const closed = await openStore(source, world, 'command');
    assert.match(closed.ok ? '' : closed.error.message, /queue\.db.*postern queue renew/);
    const files = readdirSync(source.dataDir).toSorted();
    assert.deepEqual(await backups.renewQueue({ dryRun: true }), { ok: true, value: { setAside } });
    assert.deepEqual(readdirSync(source.dataDir).toSorted(), files);
    assert.deepEqual(await backups.renewQueue({ dryRun: false }), { ok: true, value: { setAside } });
    assert.equal(
      readdirSync(source.dataDir).some((name) => name.startsWith('queue.damaged-')),
      setAside,
    );
    await withStore(source, async (store) => {
      assert.deepEqual(await store.queue.counts(), { ok: true, value: { waiting: 0, leased: 0, held: 0 } });
    });
    assert.ok((await backups.restore(wish(folder), () => undefined)).ok);
    await withStore(source, async (store) => {
      assert.deepEqual(await store.queue.counts(), { ok: true, value: { waiting: 0, leased: 0, held: 1 } });
    });
  });

test('a backup of another master key is not restored', async () => {
  const target = configurationOf('stranger');
  writeFileSync(join(root, 'key'), `${'ef'.repeat(32)}\n`);
  const restored = await folderBackups(target, world).restore(wish(join(root, 'backup')), () => undefined);
  assert.equal(restored.ok ? '' : restored.error.code, 'master-key');
});
