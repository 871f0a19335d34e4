import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachmentEngine } from '#content/attachments/attachment-request.ts';
import { pdfOf, qrJpeg, qrPng } from '#content/attachments/files.fixture.ts';
import { ThreadEngine } from './thread-engine.ts';

test('P-27: files are looked into by a thread of their own', async () => {
  const engine = new ThreadEngine(attachmentEngine);
  for (const [kind, bytes] of [
    ['png', qrPng('https://evil.com/')],
    ['jpeg', qrJpeg('https://evil.com/')],
    ['pdf', pdfOf(['<< /S /URI /URI (https://evil.com/) >>'])],
  ] as const) {
    const answer = await engine.run({ kind, bytes: new Uint8Array(bytes) }, 30_000);
    assert.ok(answer.ok);
    assert.equal(answer.value.links[0]?.link.text, 'https://evil.com/');
    assert.deepEqual(answer.value.unread, []);
  }
  await engine.close();
});
