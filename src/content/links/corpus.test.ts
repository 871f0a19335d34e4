import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeEngine } from '#platform/fake-engine.ts';
import { fileCorpus } from '../attachments/file-corpus.fixture.ts';
import { run } from '../attachments/look-into.ts';
import { HeldRoom } from '../attachments/held-files.ts';
import { readAttachedLinks } from './attached-links.ts';
import { linkCorpus } from './corpus.fixture.ts';
import { MessageLinkReader } from './message-links.ts';

const engine = createFakeEngine(run);

async function linksOf(message: Uint8Array, pieceBytes: number) {
  const room = new HeldRoom();
  const reader = new MessageLinkReader(room);
  for (let at = 0; at < message.length; at += pieceBytes)
    reader.push(Buffer.from(message.subarray(at, at + pieceBytes)));
  await readAttachedLinks(reader, reader.finish(), { engine, clock: { monotonic: () => 0 } });
  const result = reader.result();
  reader.release();
  assert.equal(room.takenBytes, 0);
  return result;
}

test('P-27: of each message of the corpus the links are found, and nothing else', async () => {
  const wrong: string[] = [];
  for (const { name, message, hosts } of [...linkCorpus, ...fileCorpus]) {
    const { found } = await linksOf(message, message.length);
    const got = found.map(({ host }) => host).toSorted();
    if (JSON.stringify(got) !== JSON.stringify([...hosts].toSorted()))
      wrong.push(`${name}: ${got.join(' ')} for ${hosts.join(' ')}`);
  }
  assert.deepEqual(wrong, []);
});

test('whatever pieces a message comes in, the links are the same', async () => {
  for (const { name, message } of linkCorpus) {
    const whole = await linksOf(message, message.length);
    for (const pieceBytes of [1, 2, 7, 4096])
      assert.deepEqual(await linksOf(message, pieceBytes), whole, `${name} ${pieceBytes}`);
  }
});
