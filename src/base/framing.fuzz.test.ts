import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Framer } from './framing.ts';
import { LineEndWatch, type Anomalies } from './line-end-watch.ts';

const numRuns = Number(process.env.POSTERN_FUZZ_RUNS ?? 1000);
const marker = 'NEXT\r\n';

interface Body {
  readonly text: string;
  readonly anomalies: Anomalies;
  /** What is left after the end, or `undefined` when the body never ended. */
  readonly rest: string | undefined;
}

/** RFC 5321 §4.5.2 as plainly as it can be said, to hold the framer against. */
function expected(wire: string): Body {
  const end = `\r\n${wire}`.indexOf('\r\n.\r\n');
  const raw = end < 0 ? wire : wire.slice(0, end);
  const text = `\r\n${raw}`.replaceAll('\r\n.', '\r\n').slice(2);
  return {
    text,
    anomalies: lineEndsOf(text),
    rest: end < 0 ? undefined : wire.slice(end + 3),
  };
}

function lineEndsOf(text: string): Anomalies {
  return {
    bareCr: /\r(?!\n)/.test(text),
    bareLf: /(?<!\r)\n/.test(text),
    nul: text.includes('\0'),
  };
}

/** The wire cut at every place where `cuts` has a bit. */
function chunksOf(wire: Buffer, cuts: (index: number) => boolean): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (let i = 1; i < wire.length; i += 1) {
    if (cuts(i)) {
      chunks.push(wire.subarray(from, i));
      from = i;
    }
  }
  chunks.push(wire.subarray(from));
  return chunks;
}

function read(chunks: readonly Buffer[]): Body {
  const framer = new Framer();
  const pieces: Uint8Array[] = [];
  let anomalies: Anomalies | undefined;
  for (const chunk of chunks) {
    framer.push(chunk);
    while (anomalies === undefined) {
      const frame = framer.next({ kind: 'data' });
      if (frame === undefined) break;
      assert.ok(frame.kind === 'data');
      pieces.push(frame.bytes);
      if (frame.last) anomalies = frame.anomalies;
    }
  }
  const text = Buffer.concat(pieces).toString('latin1');
  if (anomalies === undefined) return { text, anomalies: lineEndsOf(text), rest: undefined };
  return { text, anomalies, rest: remaining(framer) };
}

function remaining(framer: Framer): string {
  const frame = framer.next({ kind: 'octets', count: framer.bufferedBytes });
  assert.ok(frame?.kind === 'octets');
  return Buffer.from(frame.bytes).toString('latin1');
}

const tokens = ['\r', '\n', '\r\n', '.', '\0'];

function* sequences(length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const head of sequences(length - 1)) for (const token of tokens) yield head + token;
}

test('every sequence of line ends, dots and NULs up to seven ends a body only where RFC 5321 says', () => {
  let count = 0;
  for (let length = 0; length <= 7; length += 1) {
    for (const sequence of sequences(length)) {
      const wire = `a${sequence}b\r\n.\r\n${marker}`;
      const want = expected(wire);
      const bytes = Buffer.from(wire, 'latin1');
      for (const size of [1, 2, 3, 4096]) {
        const got = read(chunksOf(bytes, (i) => i % size === 0));
        if (got.text !== want.text || got.rest !== want.rest)
          assert.deepEqual(got, want, JSON.stringify(wire));
        assert.deepEqual(got.anomalies, want.anomalies, JSON.stringify(wire));
      }
      count += 1;
    }
  }
  assert.equal(count, 97_656);
});

test('every sequence up to four, at the very beginning and end, in all chunkings', () => {
  for (let length = 0; length <= 4; length += 1) {
    for (const sequence of sequences(length)) {
      const wire = `${sequence}\r\n.\r\n`;
      const want = expected(wire);
      const bytes = Buffer.from(wire, 'latin1');
      for (let mask = 0; mask < 2 ** (bytes.length - 1); mask += 1) {
        const got = read(chunksOf(bytes, (i) => (mask & (1 << (i - 1))) !== 0));
        if (got.text !== want.text || got.rest !== want.rest)
          assert.deepEqual(got, want, JSON.stringify(wire));
      }
    }
  }
});

const lively = fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', '.', '\0', 'a', 'bc'), maxLength: 60 });

test('any body in any chunking gives the same bytes, anomalies and rest', () => {
  fc.assert(
    fc.property(lively, fc.array(fc.boolean(), { minLength: 130, maxLength: 130 }), (body, cuts) => {
      const wire = `${body}\r\n.\r\n${marker}`;
      const got = read(chunksOf(Buffer.from(wire, 'latin1'), (i) => cuts[i] ?? false));
      const want = expected(wire);
      assert.deepEqual(got, want);
    }),
    { numRuns },
  );
});

test('line ends are noticed the same in any chunking', () => {
  fc.assert(
    fc.property(lively, fc.array(fc.boolean(), { minLength: 130, maxLength: 130 }), (body, cuts) => {
      const watch = new LineEndWatch();
      for (const chunk of chunksOf(Buffer.from(body, 'latin1'), (i) => cuts[i] ?? false)) watch.see(chunk);
      assert.deepEqual(watch.end(), lineEndsOf(body));
    }),
    { numRuns },
  );
});

test('lines in any chunking are the same lines, and memory stays bounded', () => {
  fc.assert(
    fc.property(lively, fc.array(fc.boolean(), { minLength: 130, maxLength: 130 }), (wire, cuts) => {
      const bytes = Buffer.from(`${wire}\r\n`, 'latin1');
      const whole = linesOf([bytes]);
      assert.deepEqual(linesOf(chunksOf(bytes, (i) => cuts[i] ?? false)), whole);
    }),
    { numRuns },
  );
});

function linesOf(chunks: readonly Buffer[]): string[] {
  const framer = new Framer();
  const told: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    for (;;) {
      const frame = framer.next({ kind: 'line', limitBytes: 10 });
      if (frame === undefined) break;
      if (frame.kind === 'overlong') told.push(`overlong ${frame.lengthBytes}`);
      else told.push(`${frame.kind} ${Buffer.from(frame.bytes).toString('latin1')}`);
    }
    assert.ok(framer.bufferedBytes <= 11);
  }
  return told;
}
