import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { CompressedPeer, noise } from './compressed-peer.fixture.ts';
import { quietMs } from './compressed-wire.ts';
import { inflatedBytesMax, windowBytesMax } from './inflater.ts';

const sync = { finishFlush: constants.Z_SYNC_FLUSH } as const;
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

test('what is written comes out whole, what comes is told inflated', async () => {
  const peer = new CompressedPeer();
  assert.equal(peer.wire.write(text('* OK ready\r\n')), true);
  await peer.untilUnderstood(text('* OK ready\r\n'));
  peer.inner.send(await peer.compressed(text('a NOOP\r\n')));
  await peer.untilHeard(text('a NOOP\r\n'));
  assert.deepEqual(peer.notes, []);
});

test('what came ahead is inflated first, octet by octet as well', async () => {
  for (const cut of [0, 1, 5]) {
    const whole = deflateRawSync('a NOOP\r\nb NOOP\r\n', sync);
    const peer = new CompressedPeer({ ahead: whole.subarray(0, cut) });
    for (const octet of whole.subarray(cut)) peer.inner.send(Buffer.from([octet]));
    await peer.untilHeard(text('a NOOP\r\nb NOOP\r\n'));
  }
});

test('nothing is told while nobody reads, and a bomb waits as it came (S-09)', async () => {
  const bombBytes = 32 * 1024 * 1024;
  const bomb = deflateRawSync(Buffer.alloc(bombBytes), sync);
  assert.ok(bomb.length * 1000 < bombBytes);
  let heardBytes = 0;
  const peer = new CompressedPeer({ heard: (bytes) => (heardBytes += bytes.length) });
  peer.wire.reading(false);
  // Already under way when the reading stopped.
  peer.inner.reading(true);
  peer.inner.send(bomb);
  const before = process.memoryUsage().arrayBuffers;
  await peer.settle();
  assert.equal(heardBytes, 0);
  assert.ok(process.memoryUsage().arrayBuffers - before < bombBytes / 16);
  peer.wire.destroy();
});

test('of a bomb so much is told until the reading stops, and little more (S-09)', async () => {
  const stopBytes = 64 * 1024;
  const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), sync);
  const stopped: { at: number | undefined } = { at: undefined };
  const peer = new CompressedPeer({
    heard: () => {
      if (stopped.at !== undefined || peer.heard.length < stopBytes) return;
      stopped.at = peer.heard.length;
      peer.wire.reading(false);
    },
  });
  peer.inner.send(bomb);
  await peer.until(() => stopped.at !== undefined, 'so much');
  await peer.settle();
  assert.ok(peer.heard.length <= (stopped.at ?? 0) + inflatedBytesMax);
  peer.wire.reading(true);
  await peer.until(() => peer.heard.length > 256 * 1024, 'more, once it is read');
  peer.wire.destroy();
});

test('a peer whose bytes wait to be inflated is not read (S-09)', async () => {
  const peer = new CompressedPeer();
  const sent = noise(1024 * 1024);
  const whole = await peer.compressed(sent);
  let sentBytes = 0;
  const stops: number[] = [];
  const inner = peer.inner.reading.bind(peer.inner);
  peer.inner.reading = (on) => {
    if (!on) stops.push(sentBytes);
    inner(on);
  };
  for (let at = 0; at < whole.length; at += 8192) {
    sentBytes = at + 8192;
    peer.inner.send(whole.subarray(at, at + 8192));
  }
  assert.equal(stops[0], 16 * 1024);
  await peer.untilHeard(sent);
});

for (const [what, damage] of [
  ['a command in the clear', text('a NOOP\r\n')],
  ['a block of a kind that there is not', Buffer.from([0x07])],
  ['a stored block whose lengths disagree', Buffer.from([0x00, 0x01, 0x00, 0x01, 0x00])],
  ['a look behind the beginning', Buffer.from([0x4b, 0x04, 0x44, 0x00])],
  ['a zlib header', Buffer.from([0x78, 0x9c, 0x4b, 0x54, 0xf0, 0xf3])],
  ['bytes behind the last block', Buffer.concat([deflateRawSync('a NOOP\r\n'), text('b NOOP\r\n')])],
] as const) {
  test(`${what} is told once, and nothing behind it is heard`, async () => {
    const peer = new CompressedPeer();
    peer.inner.send(damage);
    await peer.until(() => peer.notes.length > 0, 'the damage');
    const heardBytes = peer.heard.length;
    peer.inner.send(await peer.compressed(text('c NOOP\r\n')));
    peer.inner.finish();
    await peer.settle();
    assert.match(peer.notes.join(), /^damaged: [^,]+$/);
    assert.equal(peer.heard.length, heardBytes);
    peer.wire.write(text('* BYE\r\n'));
    await peer.untilUnderstood(text('* BYE\r\n'));
    peer.wire.end('ours');
    await peer.until(() => peer.notes.includes('ended'), 'the end');
  });
}

test('after a second without a byte both directions go on as if nothing had been let go (S-09)', async () => {
  const peer = new CompressedPeer();
  const [said, heard] = [noise(3 * windowBytesMax), noise(3 * windowBytesMax, 2)];
  for (let at = 0; at < said.length; at += windowBytesMax) {
    // What comes again is a look as far back as there may be one.
    const again = heard.subarray(Math.max(0, at - windowBytesMax), at + windowBytesMax);
    const before = peer.heard.length;
    peer.inner.send(await peer.compressed(again));
    await peer.until(() => peer.heard.length === before + again.length, 'what came');
    assert.ok(peer.heard.subarray(before).equals(again));
    peer.wire.write(said.subarray(at, at + windowBytesMax));
    await peer.untilUnderstood(said.subarray(0, at + windowBytesMax));
    await peer.settle();
    assert.equal(peer.wire.isHolding, true);
    peer.timers.pass(quietMs - 1);
    assert.equal(peer.wire.isHolding, true);
    peer.timers.pass(1);
    assert.equal(peer.wire.isHolding, false);
  }
});

test('what is kept begins with the first octet that came', async () => {
  const peer = new CompressedPeer();
  const command = text('a UID FETCH 1:* (FLAGS)\r\n');
  for (let count = 1; count <= 3; count += 1) {
    peer.inner.send(await peer.compressed(command));
    await peer.untilHeard(Buffer.concat(Array.from({ length: count }, () => command)));
    await peer.rested();
  }
  assert.deepEqual(peer.notes, []);
});

test('in the middle of a block nothing is let go', async () => {
  const peer = new CompressedPeer();
  const whole = await peer.compressed(text('a NOOP\r\n'));
  peer.inner.send(whole.subarray(0, whole.length - 1));
  await peer.settle();
  peer.timers.pass(quietMs);
  assert.equal(peer.wire.isHolding, true);
  peer.inner.send(whole.subarray(whole.length - 1));
  await peer.rested();
  peer.inner.send(await peer.compressed(text('b NOOP\r\n')));
  await peer.untilHeard(text('a NOOP\r\nb NOOP\r\n'));
});

test('a stored block whose octets look like a flush is the middle of a block', async () => {
  for (const begins of ['', '\xff', '\xff\xff']) {
    // So long that what stands in front of its first octets makes the look-alike whole.
    const lengthBytes = [100, 0xff, 0xffff][begins.length] ?? 0;
    const words = begins === '' ? '\0\0\xff\xff' : begins;
    const sent = text(words.padEnd(lengthBytes, 'x'));
    const head = Buffer.alloc(5);
    head.writeUInt16LE(lengthBytes, 1);
    head.writeUInt16LE(lengthBytes ^ 0xffff, 3);
    const peer = new CompressedPeer();
    const first = Buffer.concat([head, sent.subarray(0, words.length)]);
    assert.equal(first.subarray(-4).toString('hex'), '0000ffff');
    peer.inner.send(first);
    await peer.untilHeard(sent.subarray(0, words.length));
    peer.timers.pass(quietMs);
    peer.inner.send(sent.subarray(words.length));
    await peer.untilHeard(sent);
    peer.wire.destroy();
  }
});

test('a peer that never flushes as it should is served, and its state kept', async () => {
  const peer = new CompressedPeer();
  peer.inner.send(await peer.compressed(text('a NOOP\r\n'), constants.Z_PARTIAL_FLUSH));
  await peer.untilHeard(text('a NOOP\r\n'));
  peer.timers.pass(quietMs);
  assert.equal(peer.wire.isHolding, true);
  peer.inner.send(await peer.compressed(text('b NOOP\r\n'), constants.Z_FULL_FLUSH));
  await peer.untilHeard(text('a NOOP\r\nb NOOP\r\n'));
  await peer.rested();
});

test('for a peer that does not read little is made, and all of it once it does (S-09)', async () => {
  const peer = new CompressedPeer();
  peer.inner.peerReads(false);
  const written: Buffer[] = [];
  for (let count = 0; count < 1000; count += 1) {
    written.push(noise(10_000, count));
    if (!peer.wire.write(written.at(-1) ?? noise(0))) break;
    await peer.settle();
  }
  const all = Buffer.concat(written);
  assert.ok(all.length < 512 * 1024);
  await peer.settle();
  assert.ok(peer.sentBytes <= 192 * 1024);
  while (peer.understood.length < all.length) {
    peer.inner.peerReads(true);
    await peer.settle();
  }
  assert.ok(peer.understood.equals(all));
  assert.ok(peer.notes.includes('drained'));
});

test('last words go out compressed, also to a peer that reads slowly; then the connection ends', async () => {
  const peer = new CompressedPeer();
  peer.inner.peerReads(false);
  const words = Buffer.concat([noise(300_000), text('* BYE\r\n')]);
  peer.wire.write(words);
  peer.wire.end('agreed');
  await peer.until(() => peer.notes.includes('ended'), 'the end');
  assert.ok(peer.understood.equals(words));
  assert.equal(peer.timers.waiting, 0);
  peer.inner.send(text('never heard'));
  await peer.settle();
  assert.equal(peer.heard.length, 0);
});

test('the end of what the peer says is told behind all of it', async () => {
  const peer = new CompressedPeer();
  const sent = noise(100_000);
  peer.inner.send(await peer.compressed(sent));
  peer.inner.finish();
  await peer.until(() => peer.notes.includes('ended'), 'the end');
  assert.ok(peer.heard.equals(sent));
  const silent = new CompressedPeer();
  silent.inner.finish();
  assert.deepEqual(silent.notes, ['ended']);
});

test('whoever ends the stream properly is heard to its end', async () => {
  const peer = new CompressedPeer();
  peer.inner.send(deflateRawSync('a LOGOUT\r\n'));
  await peer.untilHeard(text('a LOGOUT\r\n'));
  peer.timers.pass(quietMs);
  peer.inner.finish();
  await peer.until(() => peer.notes.includes('ended'), 'the end');
  assert.deepEqual(peer.notes, ['ended']);
});

test('when the connection is gone nothing is left, and nothing is told any more', async () => {
  for (const act of ['reset', 'destroy'] as const) {
    const peer = new CompressedPeer();
    peer.wire.write(noise(100_000));
    peer.inner.send(await peer.compressed(noise(100_000)));
    if (act === 'reset') peer.inner.reset();
    else peer.wire.destroy();
    const heardBytes = peer.heard.length;
    await peer.settle();
    assert.deepEqual(peer.notes, [act === 'reset' ? 'reset' : 'destroyed']);
    assert.equal(peer.heard.length, heardBytes);
    assert.equal(peer.timers.waiting, 0);
    assert.equal(peer.wire.isHolding, false);
    assert.equal(peer.wire.write(text('into the void')), true);
  }
});

test('an end that is agreed on is none while the peer is heard to say more', async () => {
  for (const says of [false, true]) {
    const peer = new CompressedPeer();
    const ends: string[] = [];
    peer.inner.end = (whose?: string) => void ends.push(whose ?? '');
    if (says) peer.inner.send(await peer.compressed(noise(1000)));
    peer.wire.end('agreed');
    await peer.until(() => ends.length > 0, 'the end');
    assert.deepEqual(ends, [says ? 'ours' : 'agreed']);
  }
});

test('TLS does not begin inside compression', async () => {
  assert.equal((await new CompressedPeer().wire.secure()).ok, false);
});
