import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { assert as holds, asyncProperty, integer } from 'fast-check';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { BlobId } from '#base/id.ts';
import type { Blobs } from '#platform/blobs.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { frameBytes, frameTagBytes, headerBytes } from './blob-frame.ts';
import { openFileBlobs } from './file-blobs.ts';
import { sweepBlobs } from './sweep-blobs.ts';

let folder = '';
let blobs: Blobs;
const openBlobs = (): Promise<Blobs> =>
  openFileBlobs({ folder, clock: systemClock(), random: systemRandom() });
const pathOf = (id: BlobId): string => join(folder, id.slice(-2), id);
const body = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 255));

before(async () => {
  folder = await temporaryFolder('blobs');
  blobs = await openBlobs();
});
after(() => rm(folder, { recursive: true }));

async function put(
  bytes: Uint8Array,
  step = 10_000,
): Promise<{ readonly id: BlobId; readonly key: Uint8Array }> {
  const writer = blobs.create();
  for (let at = 0; at < bytes.length; at += step) await writer.write(bytes.subarray(at, at + step));
  const committed = await writer.commit();
  assert.ok(committed.ok);
  assert.equal(committed.value.sizeBytes, bytes.length);
  return committed.value;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

async function get(
  blob: { readonly id: BlobId; readonly key: Uint8Array },
  range?: Span,
): Promise<Buffer | string> {
  const parts: Uint8Array[] = [];
  for await (const part of blobs.open(blob.id, blob.key, range)) {
    if (!part.ok) return part.error.code;
    assert.ok(part.value.length <= frameBytes);
    parts.push(part.value);
  }
  return Buffer.concat(parts);
}

for (const length of [0, 1, frameBytes - 1, frameBytes, frameBytes + 1, 2 * frameBytes, 3 * frameBytes + 7]) {
  it(`a body of ${length} bytes comes back`, async () => {
    const bytes = body(length);
    assert.deepEqual(await get(await put(bytes)), bytes);
  });
}

it('a range reads what a slice would', async () => {
  const bytes = body(3 * frameBytes + 100);
  const blob = await put(bytes, 70_000);
  const at = integer({ min: -10, max: bytes.length + 10 });
  await holds(
    asyncProperty(at, at, async (start, end) => {
      const wanted = bytes.subarray(Math.max(0, start), Math.max(0, start, end));
      assert.deepEqual(await get(blob, { start, end }), Buffer.from(wanted));
    }),
    { numRuns: 100 },
  );
});

it('a link outlives its original', async () => {
  const bytes = body(100_000);
  const blob = await put(bytes);
  const linked = await blobs.link(blob.id);
  assert.ok(linked.ok);
  await blobs.remove(blob.id);
  await blobs.remove(blob.id);
  assert.equal(await get(blob), 'not-found');
  assert.deepEqual(await get({ id: linked.value, key: blob.key }), bytes);
  const none = await blobs.link(blob.id);
  assert.ok(!none.ok && none.error.code === 'not-found');
});

it('bodies that nobody names are swept, new ones left alone', async () => {
  const [used, lost] = [await put(body(1000)), await put(body(1000))];
  const beforeMs = Date.now() + 1;
  assert.equal(await sweepBlobs({ folder, used: new Set([used.id, lost.id]), beforeMs: 0 }), 0);
  assert.ok((await sweepBlobs({ folder, used: new Set([used.id]), beforeMs })) >= 1);
  assert.equal(await get(lost), 'not-found');
  assert.deepEqual(await get(used), body(1000));
});

it('nothing of a body is visible before its commit, nor after a discard or a crash', async () => {
  const writer = blobs.create();
  await writer.write(body(200_000));
  await writer.discard();
  const crashed = blobs.create();
  await crashed.write(body(200_000));
  assert.equal((await readdir(join(folder, 'new'))).length, 1);
  await openBlobs();
  assert.deepEqual(await readdir(join(folder, 'new')), []);
  await crashed.discard();
});

it('I-03: files exchanged, frames swapped, cut or changed do not open; no text is found', async () => {
  const text = Buffer.from('MARKER of a secret '.repeat(8000));
  const [one, two] = [await put(text), await put(text)];
  const file = await readFile(pathOf(one.id));
  assert.equal(file.includes('MARKER'), false);
  assert.equal((await stat(pathOf(one.id))).mode & 0o777, 0o600);
  assert.equal(await get({ id: two.id, key: one.key }), 'corrupt');

  const sealed = frameBytes + frameTagBytes;
  const [first, second] = [
    file.subarray(headerBytes, headerBytes + sealed),
    file.subarray(headerBytes + sealed, headerBytes + 2 * sealed),
  ];
  const rest = file.subarray(headerBytes + 2 * sealed);
  await writeFile(pathOf(one.id), Buffer.concat([file.subarray(0, headerBytes), second, first, rest]));
  assert.equal(await get(one), 'corrupt');

  // Cut at a frame's end: the frame that is now last does not bear the last-mark.
  await writeFile(pathOf(one.id), file);
  await truncate(pathOf(one.id), headerBytes + 2 * sealed);
  assert.equal(await get(one, { start: frameBytes, end: frameBytes + 1 }), 'corrupt');
  await truncate(pathOf(one.id), 10);
  assert.equal(await get(one), 'corrupt');

  const changed = Buffer.from(file);
  changed[headerBytes + 5] = (changed[headerBytes + 5] ?? 0) ^ 1;
  await writeFile(pathOf(one.id), changed);
  assert.equal(await get(one), 'corrupt');
});
