import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants } from 'node:zlib';
import * as fc from 'fast-check';
import { CompressedPeer } from './compressed-peer.fixture.ts';
import { quietMs } from './compressed-wire.ts';

/** Each run is some hundred turns of the event loop, and a dozen of the threads that compress. */
const numRuns = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 20);

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ maxLength: 100 }).map((text) => Buffer.from(text.repeat(200))),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), bytes: piece, cut: fc.integer({ min: 1, max: 4096 }) }),
  fc.record({ kind: fc.constant('write' as const), bytes: piece }),
  fc.record({ kind: fc.constantFrom<('quiet' | 'pause' | 'read')[]>('quiet', 'pause', 'read') }),
);
const client = fc.record({
  windowBits: fc.integer({ min: 9, max: 15 }),
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
});
const flushes = fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_PARTIAL_FLUSH);

test('however it is cut and whenever it rests, both sides hear what the other said (RFC 4978)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), client, flushes, async (steps, deflate, flush) => {
      const peer = new CompressedPeer({ deflate });
      const sent: Uint8Array[] = [];
      const written: Uint8Array[] = [];
      for (const at of steps) {
        if (at.kind === 'send') {
          sent.push(at.bytes);
          const whole = await peer.compressed(at.bytes, flush);
          for (let from = 0; from < whole.length; from += at.cut)
            peer.inner.send(whole.subarray(from, from + at.cut));
        } else if (at.kind === 'write') {
          written.push(at.bytes);
          peer.wire.write(at.bytes);
        } else if (at.kind === 'quiet') {
          peer.timers.pass(quietMs);
        } else {
          peer.wire.reading(at.kind === 'read');
        }
      }
      peer.wire.reading(true);
      await peer.untilHeard(Buffer.concat(sent));
      await peer.untilUnderstood(Buffer.concat(written));
      peer.inner.finish();
      await peer.until(() => peer.notes.includes('ended'), 'the end');
      assert.doesNotMatch(peer.notes.join(), /damaged/);
      peer.wire.destroy();
    }),
    { numRuns },
  );
});

test('whatever comes instead of a stream, it is inflated or told as damage, never both or more (S-09)', async () => {
  const noise = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(noise, async (pieces) => {
      const peer = new CompressedPeer();
      for (const bytes of pieces) peer.inner.send(Buffer.from(bytes));
      peer.inner.finish();
      await peer.until(() => peer.notes.length > 0, 'the end or the damage');
      peer.timers.pass(2 * quietMs);
      assert.equal(peer.notes.length, 1);
      assert.match(peer.notes[0] ?? '', /^(?:ended$|damaged: )/);
      peer.wire.destroy();
    }),
    { numRuns },
  );
});
