import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
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

test('what is neither file nor Maildir is told', async () => {
  const nowhere = await openMailSource(join(root, 'nowhere'));
  assert.equal(nowhere.ok ? '' : nowhere.error.code, 'file-not-found');
  mkdirSync(join(root, 'plain'));
  const plain = await openMailSource(join(root, 'plain'));
  assert.equal(plain.ok ? '' : plain.error.code, 'value-invalid');
});
