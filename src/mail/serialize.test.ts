import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { transformAll } from './byte-transform.ts';
import { createDataSerializer, createDotStuffer, createLineNormalizer, serializeData } from './serialize.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

async function serialized(chunks: readonly Uint8Array[]): Promise<string> {
  const out: Uint8Array[] = [];
  const source = async function* (): AsyncIterable<Uint8Array> {
    yield* chunks;
  };
  for await (const chunk of serializeData(source())) out.push(chunk);
  return Buffer.concat(out).toString('latin1');
}

function normalized(text: string): string {
  return Buffer.from(transformAll(createLineNormalizer(), Buffer.from(text, 'latin1'))).toString('latin1');
}

/** What a receiver makes of DATA (RFC 5321 §4.5.2). */
function received(wire: string): string {
  assert.ok(wire === '.\r\n' || wire.endsWith('\r\n.\r\n'));
  return wire.slice(0, -3).replaceAll(/^\.|(?<=\r\n)\./g, '');
}

function assertClean(wire: string): void {
  assert.doesNotMatch(wire, /\r(?!\n)|(?<!\r)\n|\0/);
  // Only one end of DATA, and it is at the end.
  assert.equal(`\r\n${wire}`.indexOf('\r\n.\r\n'), wire.length - 3);
}

/** Continuous integration sets 7; over the wire: `protocols/smtp/client/body-ends.test.ts`. */
const piecesMax = Number(process.env['POSTERN_BODY_ENDS'] ?? 5);

function serializedNow(chunks: readonly Uint8Array[]): string {
  const data = createDataSerializer();
  const out = chunks.map((chunk) => data.push(chunk));
  return Buffer.concat([...out, data.finish()]).toString('latin1');
}

/** Each text once, however many sequences of pieces make it. */
function* sequences(pieces: readonly string[], lengthMax: number): Iterable<string> {
  const seen = new Set(['']);
  for (const text of seen) {
    yield text;
    // A set is walked in the order of insertion: what is added now comes later.
    if (text.replaceAll('\r\n', 'n').length >= lengthMax) continue;
    for (const piece of pieces) seen.add(text + piece);
  }
}

test(`every sequence of up to ${piecesMax} of CR, LF, CR LF, dot, NUL and a letter, in every cut in two`, () => {
  let count = 0;
  for (const text of sequences(['\r', '\n', '\r\n', '.', '\0', 'a'], piecesMax)) {
    const bytes = Buffer.from(text, 'latin1');
    const whole = serializedNow([bytes]);
    assertClean(whole);
    assert.equal(received(whole), normalized(text));
    for (let cut = 1; cut < bytes.length; cut += 1)
      assert.ok(serializedNow([bytes.subarray(0, cut), bytes.subarray(cut)]) === whole, JSON.stringify(text));
    count += 1;
  }
  assert.ok(count >= 5 ** piecesMax);
});

test('any bytes in any chunking: clean, one end, the same', async () => {
  const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', '.', '\0', 'a', '\r\n.\r\n', '..'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (pieces, size) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const wire = await serialized(chunks);
      assertClean(wire);
      assert.equal(wire, await serialized([bytes]));
    }),
    runs,
  );
});

test('what is proper already keeps its bytes', () => {
  const bytes = Buffer.from('A: b\r\n\r\n.x\r\n');
  assert.equal(transformAll(createLineNormalizer(), bytes), bytes);
  assert.equal(Buffer.from(transformAll(createDotStuffer(), bytes)).toString(), 'A: b\r\n\r\n..x\r\n');
});
