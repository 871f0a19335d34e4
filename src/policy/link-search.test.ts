import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldRoom } from '#content/attachments/held-files.ts';
import { qrPng } from '#content/attachments/files.fixture.ts';
import { run } from '#content/attachments/look-into.ts';
import { LinkRoom } from '#content/links/link-room.ts';
import { messageLimits } from '#mail/message-limits.ts';
import { MessageParser } from '#mail/message-parser.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeEngine } from '#platform/fake-engine.ts';
import type { EngineTrouble } from '#platform/engine.ts';
import { LinkSearch } from './link-search.ts';

const picture = qrPng('https://evil.com/')
  .toString('base64')
  .replaceAll(/(.{76})/g, '$1\r\n');
const part = `--b\r\nContent-Type: image/png; name="a\u202e.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n${picture}\r\n`;

function message(parts: number): Buffer {
  return Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(parts)}--b--\r\n`);
}

function search(
  bytes: Buffer,
  {
    heldFiles = new HeldRoom(),
    trouble,
    engine = true,
  }: { heldFiles?: HeldRoom; trouble?: EngineTrouble; engine?: boolean } = {},
): LinkSearch {
  const attachments = engine ? createFakeEngine(run, () => trouble) : undefined;
  const made = new LinkSearch({
    heldFiles,
    linkRoom: new LinkRoom(),
    clock: createFakeClock(),
    ...(attachments === undefined ? {} : { attachments }),
  });
  const parser = new MessageParser(messageLimits, { watch: made.parts });
  parser.push(bytes);
  parser.finish();
  return made;
}

test('P-27: a code in a picture is a link, and the record says where it stands, cleaned', async () => {
  const heldFiles = new HeldRoom();
  const made = search(message(2), { heldFiles });
  assert.ok(heldFiles.takenBytes > 0);
  assert.deepEqual(await made.found(), {
    hosts: ['evil.com'],
    cut: false,
    places: ['part 1 (image/png a?.png), QR code'],
  });
  made.end();
  assert.equal(heldFiles.takenBytes, 0);
});

test('P-28: a picture that could not be searched is told of, and holds nothing up', async () => {
  for (const [trouble, words] of [
    ['busy', 'not looked into: too many files were waiting'],
    ['timeout', 'looking into it took too long'],
    ['failed', 'looking into it failed'],
  ] as const)
    assert.deepEqual(await search(message(1), { trouble }).found(), {
      hosts: [],
      cut: true,
      places: [],
      unread: [`part 1 (image/png a?.png): ${words}`],
    });
  const { unread } = await search(message(1), { engine: false }).found();
  assert.match(unread?.join() ?? '', /files are not looked into here/);
});

test('S-09: files that are held have room together, and one message has as many as are held', async () => {
  const heldFiles = new HeldRoom(100);
  const made = search(message(1), { heldFiles });
  assert.match((await made.found()).unread?.join() ?? '', /too many files were coming in/);
  made.end();
  assert.equal(heldFiles.takenBytes, 0);
  assert.match(
    (await search(message(17), { engine: false }).found()).unread?.join() ?? '',
    /part 17 .*more files than are looked into/,
  );
});

test('S-09: a message that is broken off gives back what it held', () => {
  const heldFiles = new HeldRoom();
  const made = search(message(3), { heldFiles });
  made.end();
  made.end();
  assert.equal(heldFiles.takenBytes, 0);
});
