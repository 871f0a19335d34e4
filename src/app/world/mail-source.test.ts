import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { importMail } from '#admin/import/import.ts';
import type { Progress } from '#admin/progress.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { openMailSource } from './mail-source.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-maildir-'));
after(() => rmSync(root, { recursive: true }));

function put(folder: string, name: string, text: string): void {
  for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(root, folder, sub), { recursive: true });
  writeFileSync(join(root, folder, name), text);
  utimesSync(join(root, folder, name), 5, 5);
}

async function read() {
  const source = await openMailSource(root);
  assert.ok(source.ok);
  const messages = [];
  for await (const message of source.value.messages()) messages.push(message);
  return { format: source.value.format, total: source.value.messagesTotal, messages };
}

test('a Maildir gives its folders, flags and dates, with keys that do not hang on names or flags', async () => {
  put('', 'cur/1.a.host:2,S', 'Subject: one\n\nx\n');
  put('', 'new/2.b.host', 'Subject: two\n\nx\n');
  put('.Lists.News', 'cur/3.c.host:2,FR', 'Subject: one\n\nx\n');
  const first = await read();
  assert.equal(first.format, 'maildir');
  assert.equal(first.total, 3);
  assert.deepEqual(
    first.messages.map(({ mailbox, flags, internalDateMs }) => [mailbox, flags, internalDateMs]),
    [
      ['', ['\\Seen'], 5000],
      ['', [], 5000],
      ['Lists/News', ['\\Flagged', '\\Answered'], 5000],
    ],
  );
  assert.equal(Buffer.from(first.messages[0]?.bytes ?? []).toString(), 'Subject: one\r\n\r\nx\r\n');
  assert.equal(new Set(first.messages.map(({ key }) => key)).size, 3);
  renameSync(join(root, 'new/2.b.host'), join(root, 'cur/2.b.host:2,S'));
  const second = await read();
  assert.deepEqual(
    second.messages.map(({ key }) => key),
    first.messages.map(({ key }) => key),
  );
});

/** An mbox file and a Maildir with a thousand messages each, put twice into a real account. */
for (const format of ['mbox', 'maildir'] as const)
  test(`a thousand messages of a ${format}, twice: nothing twice, bytes, flags and dates kept`, async () => {
    const count = 1000;
    const path = join(root, `many-${format}`);
    const text = (n: number): string =>
      `Subject: ${n % 900}\n\n${format === 'mbox' ? '>' : ''}From ${n % 900}\n`;
    if (format === 'mbox') {
      const dated = (n: number): string => `From a@b.test Thu Jan  1 00:16:40 1970\n${text(n)}\n`;
      writeFileSync(path, Array.from({ length: count }, (_, n) => dated(n)).join(''));
    } else {
      for (let n = 0; n < count; n += 1) {
        const folder = n % 2 === 0 ? '' : '.Lists';
        for (const sub of ['cur', 'new']) mkdirSync(join(path, folder, sub), { recursive: true });
        const file = join(path, folder, `cur/${n}.host:2,${n % 2 === 0 ? 'S' : 'F'}`);
        writeFileSync(file, text(n));
        utimesSync(file, 1000, 1000);
      }
    }
    const clock = createFakeClock();
    const random = createFakeRandom(1);
    const store = createMemoryStore({ clock, random });
    await store.domains.create('example.test' as Domain, 0);
    const credentials = { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 };
    const made = await store.accounts.create({
      address: { local: 'a', domain: 'example.test' as Domain },
      credentials,
      administers: [],
      quota: { bytes: undefined, messages: undefined },
      nowMs: 0,
      reservedNameAllowed: false,
    });
    assert.ok(made.ok);
    const world = { store, clock, random, mailSource: openMailSource } as unknown as AdminWorld;
    const told: number[] = [];
    const run = async () => {
      const context = {
        progress: ({ done }: Progress) => told.push(done),
        signal: new AbortController().signal,
      };
      const done = await importMail.run(world, { account: 'a@example.test', path }, context);
      assert.ok(done.ok, JSON.stringify(done));
      return done.value;
    };
    assert.deepEqual(await run(), { format, read: count, added: count, alreadyThere: 0 });
    assert.deepEqual(await run(), { format, read: count, added: 0, alreadyThere: count });
    assert.equal(told.length, (2 * count) / 50);
    const boxes = await store.mailboxes.list(made.value.id);
    assert.ok(boxes.ok);
    const inbox = boxes.value.find(({ name }) => name === 'INBOX');
    assert.ok(inbox);
    const rows = await store.messages.read(made.value.id, inbox.id, [1], new Set(['body']), 1);
    const row = rows.ok ? rows.value[0] : undefined;
    assert.equal(Buffer.from(row?.body ?? []).toString(), 'Subject: 0\r\n\r\nFrom 0\r\n');
    assert.equal(row?.internalDateMs, 1_000_000);
    assert.equal(row?.flags === 0, format === 'mbox');
  });

test('what is neither file nor Maildir is told', async () => {
  const nowhere = await openMailSource(join(root, 'nowhere'));
  assert.equal(nowhere.ok ? '' : nowhere.error.code, 'file-not-found');
  mkdirSync(join(root, 'plain'));
  const plain = await openMailSource(join(root, 'plain'));
  assert.equal(plain.ok ? '' : plain.error.code, 'value-invalid');
});
